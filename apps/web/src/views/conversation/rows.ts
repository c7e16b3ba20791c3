// The rows of a timeline: day separators, the divider in front of what is unread, and messages in groups of one speaker.
import type { Entry } from '@parlance/chat/timeline/entries';
import { daysBetween } from '../when.ts';

export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly entry: Entry;
      /** First and last of a group that one person said in one go. */
      readonly first: boolean;
      readonly last: boolean;
    };

/** Milliseconds between two messages that still belong together. */
const together = 5 * 60_000;

const belongs = (one: Entry | undefined, next: Entry | undefined): boolean =>
  one !== undefined &&
  next !== undefined &&
  one.direction === next.direction &&
  next.at - one.at < together &&
  daysBetween(one.at, next.at) === 0;

/** `divider` is the key of the first message that was unread when the conversation was opened. */
export const rowsOf = (entries: readonly Entry[], divider: string | undefined): readonly Row[] =>
  entries.flatMap((entry, index): readonly Row[] => {
    const [before, after] = [entries[index - 1], entries[index + 1]];
    const newDay = before === undefined || daysBetween(before.at, entry.at) !== 0;
    const divided = entry.key === divider;
    const first = divided || !belongs(before, entry);
    const last = after?.key === divider || !belongs(entry, after);
    return [
      ...(newDay ? [{ kind: 'day' as const, key: `day-${entry.key}`, at: entry.at }] : []),
      ...(divided ? [{ kind: 'unread' as const, key: 'unread' }] : []),
      { kind: 'message', key: entry.key, entry, first, last },
    ];
  });
