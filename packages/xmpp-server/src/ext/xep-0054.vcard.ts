// vCards: one document of an account, for everybody to read and its owner to replace (XEP-0054 §3).
import { refuse } from '@parlance/base/refusal';
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { withPhoto } from '@parlance/xmpp/wire/xep-0054.vcard';
import { durable } from '../durable.ts';
import type { Extension, IqAnswer, IqRequest, Registrar, Support } from '../extension.ts';
import type { Avatars } from '../pubsub/avatars.ts';
import { NotStored } from '../pubsub/personal-nodes.ts';

const kind = 'vcard';

/** UTF-16 units of a vCard without its photo, and with it. */
const maxCard = 65_536;
const maxWhole = 327_680;

/** §3.1, §3.3: to others, no vCard and no account are one answer. */
const get = async (
  { context, presence }: Registrar,
  avatars: Avatars,
  { account, from, session }: IqRequest,
): Promise<IqAnswer> => {
  if (account === undefined) return refuse('unavailable');
  const own = session?.account === account;
  const [stored, photo] = await Promise.all([
    context.stores.documents.get(account.id, kind, ''),
    avatars.photo(account, from, presence),
  ]);
  if (stored === undefined && photo === undefined) return refuse(own ? 'not-found' : 'unavailable');
  const card = stored === undefined ? el('vCard', namespaces.vcard) : parseDocument(stored);
  return photo === undefined ? card : withPhoto(card, photo);
};

/** The photo goes where avatars are; the rest is the document. */
const set = async ({ context }: Registrar, avatars: Avatars, { account, payload }: IqRequest): Promise<IqAnswer> => {
  if (account === undefined) return refuse('forbidden');
  const { commits, stores } = context;
  const rest = serialise(withPhoto(payload, undefined));
  if (rest.length > maxCard || serialise(payload).length > maxWhole) return refuse('too-large');
  try {
    const card = await avatars.take(account, payload);
    return durable(commits, [stores.documents.put(account.id, kind, '', serialise(card))]);
  } catch (error) {
    if (error instanceof NotStored) return refuse('storage-full');
    throw error;
  }
};

export const vcardSupport: readonly Support[] = [
  { specification: 'XEP-0054', title: 'vcard-temp', version: '1.3.0', status: 'complete' },
];

export const vcard = (avatars: Avatars): Extension => ({
  support: vcardSupport,
  register(registrar) {
    for (const target of ['server', 'account'] as const) registrar.feature(target, namespaces.vcard);
    registrar.iq(['own', 'other'], 'get', 'vCard', namespaces.vcard, (request) => get(registrar, avatars, request));
    registrar.iq(['own'], 'set', 'vCard', namespaces.vcard, (request) => set(registrar, avatars, request));
    registrar.iq(['other'], 'set', 'vCard', namespaces.vcard, () => refuse('forbidden'));
  },
});
