// Disposition notifications of messages: what is asked in Message/CPIM, and what comes back (RFC 5438 §6, §7, §11).
import { type Element, el } from '@parlance/xml/element';
import { readDateTime, writeDateTime } from '../datetime.ts';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, readXml, textChild, textOf, writeXml } from '../xml.ts';
import { type CpimHeader, type CpimMessage, cpimHeader } from './cpim.ts';

const ns = namespaces.imdn;
const what = 'disposition notification';

/** The namespace of IMDN's headers in Message/CPIM (RFC 5438 §6). */
const headers = 'urn:ietf:params:imdn';

const wishes = ['positive-delivery', 'negative-delivery', 'processing', 'display'] as const;

/** What a message's sender wants to be told (§6.2). */
export type Wish = (typeof wishes)[number];

export interface NotificationRequest {
  /** The message's IMDN id, that notifications repeat (§6.3). */
  readonly messageId: string;
  readonly wishes: readonly Wish[];
}

/** What a Message/CPIM asks for; undefined when it has no Message-ID. Wishes that are not known are passed over (§7.2.1). */
export const readNotificationRequest = (message: CpimMessage): NotificationRequest | undefined => {
  const messageId = cpimHeader(message, 'Message-ID', headers)?.trim();
  if (messageId === undefined || messageId === '') return undefined;
  const asked = cpimHeader(message, 'Disposition-Notification', headers)?.split(',', 16) ?? [];
  return { messageId, wishes: asked.flatMap((wish) => known(wishes, wish) ?? []) };
};

/** Headers for a Message/CPIM that asks; with no wishes only its id, as notifications themselves have it (§7.2.1.1). */
export const notificationHeaders = ({ messageId, wishes: asked }: NotificationRequest): readonly CpimHeader[] => [
  { ns: headers, name: 'Message-ID', value: messageId },
  ...(asked.length === 0 ? [] : [{ ns: headers, name: 'Disposition-Notification', value: asked.join(', ') }]),
];

/** What can be said of each disposition (§11.1.9). */
const statuses = {
  delivery: ['delivered', 'failed', 'forbidden', 'error'],
  display: ['displayed', 'forbidden', 'error'],
  processing: ['processed', 'stored', 'forbidden', 'error'],
} as const;

export type Disposition = {
  [Kind in keyof typeof statuses]: { readonly kind: Kind; readonly status: (typeof statuses)[Kind][number] };
}[keyof typeof statuses];

export interface Imdn {
  /** The id of the message that is reported on. */
  readonly messageId: string;
  /** When that message was sent (§11.1.2), in milliseconds since 1970. */
  readonly time?: number | undefined;
  readonly recipient?: string | undefined;
  readonly originalRecipient?: string | undefined;
  readonly subject?: string | undefined;
  readonly disposition: Disposition;
}

/** Reads a `message/imdn+xml` body. Throws `SipError` 400, also when it reports nothing that is known. */
export const readImdn = (body: Uint8Array): Imdn => {
  const root = readXml(body, what, 'imdn', ns);
  const messageId = textOf(root, 'message-id');
  const disposition = readDisposition(root);
  if (messageId === undefined || disposition === undefined) throw malformed(what);
  return {
    messageId,
    time: readDateTime(root.childText('datetime')),
    recipient: textOf(root, 'recipient-uri'),
    originalRecipient: textOf(root, 'original-recipient-uri'),
    subject: textOf(root, 'subject'),
    disposition,
  };
};

const readDisposition = (root: Element): Disposition | undefined => {
  for (const kind of ['delivery', 'display', 'processing'] as const) {
    const said = children(root, `${kind}-notification`)[0]?.child('status')?.childIn(ns)?.name;
    const status = known<string>(statuses[kind], said);
    // The status is one of its kind's: the table says so.
    if (status !== undefined) return { kind, status } as Disposition;
  }
  return undefined;
};

export const writeImdn = ({ messageId, time, recipient, originalRecipient, subject, disposition }: Imdn): Uint8Array =>
  writeXml(
    el(
      'imdn',
      ns,
      {},
      el('message-id', ns, {}, messageId),
      ...textChild('datetime', ns, time === undefined ? undefined : writeDateTime(time)),
      ...textChild('recipient-uri', ns, recipient),
      ...textChild('original-recipient-uri', ns, originalRecipient),
      ...textChild('subject', ns, subject),
      el(`${disposition.kind}-notification`, ns, {}, el('status', ns, {}, el(disposition.status, ns))),
    ),
  );
