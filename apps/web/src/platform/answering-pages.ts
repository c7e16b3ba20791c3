// The pages of this browser where there are no locks, off a secure path: a page lives as long as it answers (BroadcastChannel).
import type { Pages } from '@parlance/chat/storage';
import type { Platform } from '@parlance/xmpp-client/platform';

/** Milliseconds in which a page that lives answers, and after which it is asked again. */
const patience = 2_000;

const question = (page: string): string => `does ${page} live?`;
const answer = (page: string): string => `${page} lives`;

/** Page `own`, on a channel that all pages share; it answers from now on. */
export const answeringPages = (own: string, channel: BroadcastChannel, { clock }: Pick<Platform, 'clock'>): Pages => {
  channel.addEventListener('message', ({ data }) => {
    if (data === question(own)) channel.postMessage(answer(own));
  });
  const lives = (page: string): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (living: boolean): void => {
        channel.removeEventListener('message', hear);
        timer.cancel();
        resolve(living);
      };
      const hear = ({ data }: MessageEvent<unknown>): void => {
        if (data === answer(page)) settle(true);
      };
      const timer = clock.after(patience, () => settle(false));
      channel.addEventListener('message', hear);
      channel.postMessage(question(page));
    });
  const pause = (): Promise<void> => new Promise((resolve) => void clock.after(patience, resolve));
  return {
    own,
    gone: async (page) => {
      while (await lives(page)) await pause();
    },
  };
};
