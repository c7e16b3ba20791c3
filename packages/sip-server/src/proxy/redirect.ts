// The redirect server: where somebody is, told to those who may know it, who then go there themselves (RFC 3261 §8.3, §21.3.3).
import type { Account } from '@parlance/core/account';
import type { Field } from '@parlance/sip/field';
import { contact } from '@parlance/sip/headers/name-addr';
import { make } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import type { Binding } from '../registrar/binding.ts';
import { inOrder } from './target.ts';

/** Whether somebody may see where an account's phones are: the account itself, and whom it allows to watch it (DESIGN §6). */
export const allows = (account: Account, sender: string): boolean =>
  account.address === sender || account.view.contacts.get(sender)?.permission === 'allow';

/** A browser is reached through this server only (RFC 7118 §4), and so is what is behind other proxies (RFC 3327). */
const isElsewhere = ({ state }: Binding): boolean => !state.transport.startsWith('WS') && state.path.length === 0;

const contactOf = ({ state }: Binding): Field =>
  make(contact, {
    display: '',
    uri: state.contact,
    parameters: [{ name: 'q', value: (state.q / 1000).toFixed(3).replace(/\.?0+$/, '') }],
  });

/** By falling q. Undefined when no contact can be reached without us. */
export const redirection = (bindings: readonly Binding[]): Answer | undefined => {
  const contacts = inOrder(bindings).filter(isElsewhere);
  return contacts.length === 0 ? undefined : { status: 302, fields: contacts.map(contactOf) };
};
