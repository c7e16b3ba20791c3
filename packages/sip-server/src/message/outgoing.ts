// One MESSAGE for one device: a request of its own, the same bytes each time it is made (RFC 3428 §4, DESIGN §2).
import type { Sequence } from '@parlance/core/ids';
import { Field } from '@parlance/sip/field';
import { from, route, to } from '@parlance/sip/headers/name-addr';
import { cseq } from '@parlance/sip/headers/plain';
import { magic } from '@parlance/sip/headers/via';
import { make, SipRequest, without } from '@parlance/sip/message';
import { withoutParameter, withParameter } from '@parlance/sip/parameters';
import type { SipContext } from '../context.ts';
import type { Binding } from '../registrar/binding.ts';

export interface OutgoingMessage {
  readonly request: SipRequest;
  /** To be used for its transaction, so that a resend after a crash is a retransmission. */
  readonly branch: string;
}

/** Made new for each device. */
const own = ['from', 'to', 'call-id'] as const;

/**
 * `place`: the entry's place in the mailbox, or what else tells this message from all others of the account. Call-ID, tag and
 * branch derive from it and from the device.
 */
export const outgoingMessage = (
  { seal }: Pick<SipContext, 'seal'>,
  kept: SipRequest,
  binding: Binding,
  place: Sequence | string,
): OutgoingMessage => {
  const { account, state } = binding;
  const id = seal('message', `${account.id}`, `${place}`, state.device, state.contact);
  const [sender, recipient] = [kept.one(from), kept.one(to)];
  const fields = [
    ...state.path.map((uri) => make(route, { display: '', uri, parameters: [] })),
    Field.make('max-forwards', '70'),
    make(from, {
      ...sender,
      parameters: withParameter(withoutParameter(sender.parameters, 'tag'), 'tag', id.slice(0, 12)),
    }),
    make(to, { ...recipient, parameters: withoutParameter(recipient.parameters, 'tag') }),
    Field.make('call-id', id),
    make(cseq, { number: 1, method: 'MESSAGE' }),
    ...without(kept.fields, ...own, 'content-length'),
  ];
  const request = new SipRequest({ method: 'MESSAGE', uri: state.contact, fields, body: kept.body });
  return { request, branch: `${magic}${id.slice(12)}` };
};
