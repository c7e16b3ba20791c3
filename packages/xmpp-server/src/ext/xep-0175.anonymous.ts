// Anonymous people: their temporary account goes with their last session (XEP-0175 §3). Signing in is SASL's matter.
import type { AnonymousAccounts } from '../auth/anonymous-accounts.ts';
import type { Extension } from '../extension.ts';

export const anonymous = (accounts: AnonymousAccounts): Extension => ({
  support: [
    {
      specification: 'XEP-0175',
      title: 'Best Practices for Use of SASL ANONYMOUS',
      version: '1.2',
      status: 'complete',
      note: 'On the domains of auth.anonymous only; what a temporary account stored is removed with it.',
    },
  ],
  register: ({ context, points }) => {
    points.sessionEnded.on('last', ({ account }) => {
      context.clock.soon(() => accounts.left(account.address));
    });
  },
});
