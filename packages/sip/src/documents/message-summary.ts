// Message summary: how many messages wait for an account, as a phone's lamp shows it (RFC 3842 §5.2).
import { malformed } from '../error.ts';
import { decodeText, encodeText, oneLine } from '../text.ts';

const what = 'message summary';

/** New and old messages. */
export interface Count {
  readonly fresh: number;
  readonly old: number;
}

/** Messages of one class (RFC 3458 §6.2). */
export interface Summary extends Count {
  /** `voice-message`, `text-message`, in lower case. */
  readonly context: string;
  /** How many of them are urgent. */
  readonly urgent?: Count | undefined;
}

export interface MessageSummary {
  readonly waiting: boolean;
  /** The account's URI. */
  readonly account?: string | undefined;
  readonly summaries: readonly Summary[];
}

/** Lines that are read; counts of 32 bits. */
const mostLines = 256;
const most = 2 ** 32 - 1;

/**
 * Reads an `application/simple-message-summary` body. Throws `SipError` 400 when it does not say whether messages wait, has a
 * malformed line or more than 256. Headers of single messages, behind an empty line, are passed over.
 */
export const readMessageSummary = (body: Uint8Array): MessageSummary => {
  const lines = decodeText(body, what).split(/\r?\n/, mostLines + 1);
  if (lines.length > mostLines) throw malformed(what);
  const end = lines.indexOf('');
  const [status, ...rest] = lines.slice(0, end === -1 ? lines.length : end).map(readLine);
  const waiting = status?.value.toLowerCase();
  if (status?.name !== 'messages-waiting' || (waiting !== 'yes' && waiting !== 'no')) throw malformed(what);
  return {
    waiting: waiting === 'yes',
    account: rest.find(({ name }) => name === 'message-account')?.value,
    summaries: rest.filter(({ name }) => name !== 'message-account').map(readSummary),
  };
};

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

const readLine = (line: string): NamedValue => {
  const colon = line.indexOf(':');
  if (colon === -1) throw malformed(what);
  return { name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() };
};

const counts = /^(\d{1,20}) ?\/ ?(\d{1,20})(?: ?\( ?(\d{1,20}) ?\/ ?(\d{1,20}) ?\))?$/;

const readSummary = ({ name, value }: NamedValue): Summary => {
  const found = counts.exec(value);
  if (found === null) throw malformed(what);
  // A larger count is taken as the largest (§3.5).
  const numbers = found.slice(1).map((text: string | undefined) => Math.min(Number(text ?? 0), most));
  const [fresh = 0, old = 0, urgent = 0, urgentOld = 0] = numbers;
  return {
    context: name,
    fresh,
    old,
    urgent: found[3] === undefined ? undefined : { fresh: urgent, old: urgentOld },
  };
};

export const writeMessageSummary = ({ waiting, account, summaries }: MessageSummary): Uint8Array => {
  let text = `Messages-Waiting: ${waiting ? 'yes' : 'no'}\r\n`;
  if (account !== undefined) text += `Message-Account: ${oneLine(account)}\r\n`;
  for (const { context, fresh, old, urgent } of summaries) {
    const few = urgent === undefined ? '' : ` (${urgent.fresh}/${urgent.old})`;
    text += `${capitalised(context)}: ${fresh}/${old}${few}\r\n`;
  }
  return encodeText(text);
};

/** As phones and the RFC spell it: `Voice-Message`. */
const capitalised = (context: string): string =>
  context.replaceAll(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
