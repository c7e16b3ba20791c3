// The calling side within a dialog (RFC 3261 §14).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import type { SipResponse } from '../message.ts';
import { respond } from '../response.ts';
import { Call } from '../testing/call.ts';
import { readRequest } from '../testing/messages.ts';
import type { Dialog } from './dialog.ts';
import { type Acknowledge, InviteClient } from './invite-client.ts';

const begin = (transport: TransportName, ...more: readonly string[]): Call<FakeClock> =>
  new Call(new FakeClock(), transport, ...more);

describe('a re-INVITE (RFC 3261 §14)', () => {
  it('keeps the dialog when it is refused, and moves the target when not', () => {
    const call = begin('TCP');
    call.onInvite = (server) => server.accept();
    call.clock.advance(10);
    const [dialog] = call.dialogs;
    if (dialog === undefined) throw new Error('No dialog');
    const outcomes: string[] = [];
    const parts = {
      transactions: call.net.near.transactions,
      way: () => call.net.near.flow,
      dialog,
      caller: {
        progress: () => undefined,
        accepted: (_: SipResponse, within: Dialog, acknowledge: Acknowledge) => {
          outcomes.push(`accepted ${within === dialog}`);
          acknowledge();
        },
        refused: (refusal: SipResponse | string) =>
          outcomes.push(`refused ${typeof refusal === 'string' ? refusal : refusal.status}`),
        ended: () => undefined,
      },
    };
    const again = (status: number, contact: string): void => {
      const sent = new InviteClient(dialog.request('INVITE'), call.net.near.flow, parts);
      expect(dialog.inviting).toBe('ours');
      const { fields } = readRequest('X x:x SIP/2.0', `Contact: <${contact}>`);
      call.net.near.transactions.absorb(respond(sent.request, { status, fields }, 'x'), call.net.near.flow);
      expect(dialog.inviting).toBeUndefined();
    };
    call.net.fate = () => [];
    again(488, 'sip:refused@192.0.2.3');
    expect([dialog.state, dialog.target]).toEqual(['confirmed', 'sip:bob@192.0.2.2']);
    again(200, 'sip:bob@192.0.2.3');
    expect([dialog.state, dialog.target]).toEqual(['confirmed', 'sip:bob@192.0.2.3']);
    expect(outcomes).toEqual(['refused 488', 'accepted true']);
  });
});
