// In-band registration for those who are signed in: another password, or leaving (XEP-0077 §3.2, §3.3).
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { domainOf, localOf } from '@parlance/core/ids';
import type { Membership } from '@parlance/core/membership';
import { makeJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readRegistration, registrationForm } from '@parlance/xmpp/wire/xep-0077.registration';
import { registrationTexts } from '../auth/registration-texts.ts';
import type { Extension, IqAnswer, IqRequest, Registrar, Support } from '../extension.ts';

export interface RegistrationParts {
  readonly membership: Pick<Membership, 'setPassword' | 'remove'>;
  /** The domains on which anybody may have an account. */
  readonly open: ReadonlySet<string>;
}

/** The answer is on its way when the sessions end with not-authorized, as §3.2 asks. */
const leave = ({ context }: Registrar, { membership }: RegistrationParts, { address }: Account): undefined => {
  const remove = async (): Promise<void> => {
    await context.commits.flushed();
    const refusal = await membership.remove(address);
    if (refusal !== undefined) context.log.warn('account not removed', { address, refused: refusal.refused });
  };
  context.clock.soon(() => {
    remove().catch((error: unknown) => context.log.warn('account not removed', { address, error }));
  });
};

const change = async (
  { membership }: RegistrationParts,
  { address }: Account,
  username: string,
  password: string,
): Promise<IqAnswer> => {
  // §3.3: an empty password never becomes one; a request without all fields is a bad one.
  if (username === '' || password === '') return refuse('bad-request');
  if (makeJid(username, domainOf(address), '')?.local !== localOf(address)) return refuse('forbidden');
  // It rejects when nothing could be written, which the commit loop has told the log.
  return membership.setPassword(address, password).catch(() => refuse('storage-full'));
};

/** Lines of the register of supported specifications. */
export const registrationSupport: readonly Support[] = [
  {
    specification: 'XEP-0077',
    title: 'In-Band Registration',
    version: '2.4',
    status: 'complete',
    note: 'On domains whose registration is open.',
  },
];

export const registration = (parts: RegistrationParts): Extension => ({
  support: registrationSupport,
  register(registrar) {
    const ofOpen =
      (handle: (account: Account, request: IqRequest) => IqAnswer | Promise<IqAnswer>) =>
      (request: IqRequest): IqAnswer | Promise<IqAnswer> => {
        const account = request.session?.account;
        if (account === undefined || !parts.open.has(domainOf(account.address))) return refuse('unavailable');
        // §3.1.1: one registers with one's own server only.
        if (request.to !== undefined && request.to.domain !== domainOf(account.address)) return refuse('not-allowed');
        return handle(account, request);
      };
    const get = ofOpen(({ address }, { session }) =>
      registrationForm(registrationTexts(session?.language).change, localOf(address)),
    );
    const set = ofOpen((account, { payload }) => {
      const asked = readRegistration(payload);
      if (asked === undefined) return refuse('bad-request');
      if (asked.kind === 'remove') return leave(registrar, parts, account);
      return change(parts, account, asked.username, asked.password);
    });
    if (parts.open.size > 0) registrar.feature('server', namespaces.register);
    registrar.iq(['own', 'server'], 'get', 'query', namespaces.register, get);
    registrar.iq(['own', 'server'], 'set', 'query', namespaces.register, set);
  },
});
