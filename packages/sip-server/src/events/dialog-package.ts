// The package `dialog`: which calls a person's phones have, as they publish them (RFC 4235).
import { HookPoint } from '@parlance/base/hook';
import type { Address } from '@parlance/core/ids';
import { type DialogState, writeDialogInfo } from '@parlance/sip/documents/dialog-info';
import { uriOf } from '../addresses.ts';
import type { EventPackage } from './package.ts';
import type { Publications } from './published.ts';

/** `allowed`: who may see the account's presence may see that it has calls; with whom, it alone. */
export const dialogPackage = (publications: Publications, allowed: EventPackage): EventPackage => {
  const onChange = new HookPoint<Address>('calls to be told');
  publications.onChange.on('act', ({ event, account }) => {
    if (event === 'dialog') onChange.run(account.address);
    return undefined;
  });
  return {
    name: 'dialog',
    type: 'application/dialog-info+xml',
    seconds: 3_600,
    onChange,
    // Nobody can be asked for this: what is not allowed is refused.
    standing: (owner, address, watcher) => {
      const standing = allowed.standing(owner, address, watcher);
      return standing === 'pending' ? 'refused' : standing;
    },
    state: ({ address, watcher, standing }, version) => {
      const all = publications
        .of(address, 'dialog')
        .flatMap(({ label, dialogs }) =>
          (dialogs?.dialogs ?? []).map((dialog) => ({ ...dialog, id: `${label}-${dialog.id}` })),
        );
      const shown = standing === 'closed' ? [] : watcher === address ? all : all.map(anonymous);
      return { body: writeDialogInfo({ version, state: 'full', entity: uriOf(address), dialogs: shown }) };
    },
  };
};

/** That there is a call, and how far it is (RFC 4235 §3.6 leaves what is told to policy). */
const anonymous = ({ id, state, direction, duration }: DialogState): DialogState => ({
  id,
  state,
  direction,
  duration,
  extensions: [],
});
