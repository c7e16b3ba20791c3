// Private XML storage: small documents of a user's own, by their root element (XEP-0049).
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Context } from '../context.ts';
import { durable } from '../durable.ts';
import type { Extension, IqAnswer, IqRequest } from '../extension.ts';

const kind = 'private';

/** UTF-16 units of one stored document. */
const maxSize = 131_072;

/** Documents of one account. */
const maxCount = 100;

const nameOf = ({ name, ns }: Element): string => `${ns} ${name}`;

/** An empty document is the same as none: it is what a client gets when it asks for what is not there (§2.3, Example 2). */
const isEmpty = ({ attrs, children }: Element): boolean => attrs.length === 0 && children.length === 0;

const get = async ({ stores }: Context, account: Account, payload: Element): Promise<IqAnswer> => {
  const [asked, ...more] = payload.elements();
  // §2.3: "bad format" if there is no child; a client must not ask for more than one namespace.
  if (asked === undefined || more.length > 0) return refuse('bad-request');
  const stored = await stores.documents.get(account.id, kind, nameOf(asked));
  return payload.withChildren([stored === undefined ? el(asked.name, asked.ns) : parseDocument(stored)]);
};

const set = async ({ stores, commits }: Context, account: Account, payload: Element): Promise<IqAnswer> => {
  const documents = payload.elements();
  // §2.3: at least one child with a namespace of its own, else "not acceptable".
  if (documents.length === 0 || documents.some(({ ns }) => ns === payload.ns)) return refuse('not-acceptable');
  const kept = documents
    .filter((document) => !isEmpty(document))
    .map((d): [string, string] => [nameOf(d), serialise(d)]);
  if (kept.some(([, text]) => text.length > maxSize)) return refuse('too-large');
  const names = new Set([...(await stores.documents.names(account.id, kind)), ...kept.map(([name]) => name)]);
  if (kept.length > 0 && names.size > maxCount) return refuse('storage-full');
  return durable(commits, [
    ...documents.filter(isEmpty).map((document) => stores.documents.remove(account.id, kind, nameOf(document))),
    ...kept.map(([name, text]) => stores.documents.put(account.id, kind, name, text)),
  ]);
};

export const privateStorage: Extension = {
  support: [{ specification: 'XEP-0049', title: 'Private XML Storage', version: '1.2', status: 'complete' }],
  register(registrar) {
    const { context } = registrar;
    const own =
      (handle: typeof get) =>
      ({ account, payload }: IqRequest): IqAnswer | Promise<IqAnswer> =>
        account === undefined ? refuse('forbidden') : handle(context, account, payload);
    registrar.feature('account', namespaces.privateStorage);
    registrar.feature('server', namespaces.privateStorage);
    for (const [type, handle] of [
      ['get', get],
      ['set', set],
    ] as const) {
      registrar.iq(['own'], type, 'query', namespaces.privateStorage, own(handle));
      // §2.3: what belongs to another user is forbidden, whether there is such a user or not.
      registrar.iq(['other'], type, 'query', namespaces.privateStorage, () => refuse('forbidden'));
    }
  },
};
