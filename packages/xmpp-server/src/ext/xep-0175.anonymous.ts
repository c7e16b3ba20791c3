// Anonymous people: their temporary account goes with their last session (XEP-0175 §3). Signing in is SASL's matter.
import type { AnonymousAccounts } from '../auth/anonymous-accounts.ts';
import type { Extension, Support } from '../extension.ts';

/** Lines of the register of supported specifications. */
export const anonymousSupport: readonly Support[] = [
  {
    specification: 'XEP-0175',
    title: 'Best Practices for Use of SASL ANONYMOUS',
    version: '1.2',
    status: 'complete',
    note: 'On the domains of auth.anonymous only; what a temporary account stored is removed with it.',
  },
];

export const anonymous = (accounts: AnonymousAccounts): Extension => ({
  support: anonymousSupport,
  register: ({ context, points }) => {
    points.sessionEnded.on('last', ({ account }) => {
      context.clock.soon(() => accounts.left(account.address));
    });
  },
});
