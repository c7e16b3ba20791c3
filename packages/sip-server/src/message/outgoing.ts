// One MESSAGE for one device: a request of its own, the same bytes each time it is made (RFC 3428 §4, DESIGN §2).
import { Field } from '@parlance/sip/field';
import { from, route, to } from '@parlance/sip/headers/name-addr';
import { cseq } from '@parlance/sip/headers/plain';
import { magic } from '@parlance/sip/headers/via';
import { make, SipRequest, without } from '@parlance/sip/message';
import { withoutParameter, withParameter } from '@parlance/sip/parameters';
import type { SipContext } from '../context.ts';
import type { Binding } from '../registrar/binding.ts';
import type { Item } from './device-queue.ts';

export interface OutgoingMessage {
  readonly request: SipRequest;
  /** To be used for its transaction, so that a resend after a crash is a retransmission. */
  readonly branch: string;
}

/** Made new for each device. */
const own = ['from', 'to', 'call-id', 'cseq'] as const;

/**
 * Call-ID, tag and branch derive from the message's place and from the device; of a phone that does not say which it is, from its
 * contact.
 */
export const outgoingMessage = (
  { seal }: Pick<SipContext, 'seal'>,
  kept: SipRequest,
  binding: Binding,
  { place, again }: Pick<Item, 'place' | 'again'>,
): OutgoingMessage => {
  const { account, state } = binding;
  const id = seal(
    'message',
    `${account.id}`,
    `${place}`,
    state.device,
    state.instance ?? state.contact,
    again ? 'plain' : '',
  );
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
