// The two server machines, box by box: figure 7 of RFC 3261 as RFC 6026 §8.6 has it; figure 8 with RFC 4320.
import { type Box, type Figure, go, stay } from './machine.ts';
import { capped, once } from './timers.ts';

export type ServerState = 'trying' | 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

/** `again`: the request once more. `silence`: the user has an answer that may not be sent. `error`: the flow took no message. */
export type ServerEvent = 'again' | 'ack' | '1xx' | '2xx' | '300-699' | 'silence' | 'error';

/** `resend`: the last response, the same bytes. `100`: a Trying of our own. `stray`: an ACK that is the user's to handle. */
export type ServerAction = 'send' | 'resend' | '100' | 'renew' | 'acknowledged' | 'stray' | 'fail' | 'done' | 'timeout';

type Boxes = Figure<ServerState, ServerEvent, ServerAction>;

const none: Box<ServerState, ServerEvent, ServerAction> = { on: {} };

/** Figure 7: INVITE server transaction. Errors of the transport are told and change nothing (RFC 6026 §7.1). */
export const inviteServer: Boxes = {
  proceeding: {
    repeats: { timer: 'trying', pace: once },
    ends: 'idle',
    on: {
      trying: stay('100'),
      again: stay('resend'),
      '1xx': stay('send', 'renew'),
      '2xx': go('accepted', 'send'),
      '300-699': go('completed', 'send'),
      error: stay('fail'),
      idle: go('terminated', 'timeout'),
    },
  },
  completed: {
    repeats: { timer: 'G', pace: capped },
    ends: 'H',
    on: {
      G: stay('resend'),
      again: stay('resend'),
      ack: go('confirmed', 'acknowledged'),
      error: stay('fail'),
      H: go('terminated', 'timeout'),
    },
  },
  confirmed: {
    ends: 'I',
    on: { I: go('terminated', 'done') },
  },
  // 2xx and ACK concern the user alone, who sends the 2xx until the ACK comes (§13.3.1.4).
  accepted: {
    ends: 'L',
    on: {
      again: stay(),
      '2xx': stay('send'),
      ack: stay('stray'),
      error: stay('fail'),
      L: go('terminated', 'done'),
    },
  },
  terminated: none,
  trying: none,
};

/** Figure 8: non-INVITE server transaction. */
export const otherServer: Boxes = {
  trying: {
    repeats: { timer: 'slow', pace: once },
    ends: 'late',
    on: {
      again: stay(),
      // Whoever has not answered by then must say that he is alive (RFC 4320 §4.1).
      slow: go('proceeding', '100'),
      '1xx': go('proceeding', 'send'),
      '2xx': go('completed', 'send'),
      '300-699': go('completed', 'send'),
      silence: go('completed'),
      late: go('terminated', 'timeout'),
    },
  },
  proceeding: {
    ends: 'late',
    on: {
      again: stay('resend'),
      '1xx': stay('send'),
      '2xx': go('completed', 'send'),
      '300-699': go('completed', 'send'),
      silence: go('completed'),
      error: go('terminated', 'fail', 'done'),
      late: go('terminated', 'timeout'),
    },
  },
  completed: {
    ends: 'J',
    on: {
      again: stay('resend'),
      error: go('terminated', 'fail', 'done'),
      J: go('terminated', 'done'),
    },
  },
  terminated: none,
  confirmed: none,
  accepted: none,
};
