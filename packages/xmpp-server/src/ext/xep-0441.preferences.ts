// Archiving preferences: whose messages an account's archive keeps (XEP-0441).
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { namespaces } from '@parlance/xmpp/namespaces';
import { preferencesElement, readPreferences } from '@parlance/xmpp/wire/xep-0441.preferences';
import { fromPolicy, mostListed, toPolicy } from '../archive/policy.ts';
import type { Context } from '../context.ts';
import { durable } from '../durable.ts';
import type { Extension, IqAnswer, IqRequest } from '../extension.ts';

const shown = (account: Account): IqAnswer => preferencesElement(fromPolicy(account.view.archive));

const set = async ({ stores, commits }: Context, { account, payload }: IqRequest): Promise<IqAnswer> => {
  const preferences = readPreferences(payload);
  if (account === undefined || preferences === undefined) return refuse('bad-request');
  if (preferences.always.length + preferences.never.length > mostListed) return refuse('too-large');
  const before = account.view.archive;
  const policy = toPolicy(preferences);
  account.view = { ...account.view, archive: policy };
  const refusal = await durable(commits, [stores.accounts.setArchivePolicy(account.id, policy)]);
  if (refusal === undefined) return shown(account);
  if (account.view.archive === policy) account.view = { ...account.view, archive: before };
  return refusal;
};

export const archivePreferences: Extension = {
  support: [
    {
      specification: 'XEP-0441',
      title: 'Message Archive Management Preferences',
      version: '0.2.0',
      status: 'complete',
    },
  ],
  register(registrar) {
    const { context } = registrar;
    registrar.iq(['own'], 'get', 'prefs', namespaces.mam, ({ account }) =>
      account === undefined ? refuse('forbidden') : shown(account),
    );
    registrar.iq(['own'], 'set', 'prefs', namespaces.mam, (request) => set(context, request));
    for (const type of ['get', 'set'] as const)
      registrar.iq(['other'], type, 'prefs', namespaces.mam, () => refuse('forbidden'));
  },
};
