// The two client machines, box by box: figure 5 of RFC 3261 as RFC 6026 §8.4 has it, with CANCEL of §9.1; figure 6.
import { type Box, type Figure, go, stay } from './machine.ts';
import { capped, doubled, steady } from './timers.ts';

export type ClientState =
  | 'calling'
  /** Calling, and to be cancelled as soon as that may be. */
  | 'regretting'
  | 'trying'
  | 'proceeding'
  /** Proceeding, with a CANCEL sent. */
  | 'cancelling'
  | 'completed'
  | 'accepted'
  | 'terminated';

/** `error`: the flow did not take a message. `cancel`: from the user. */
export type ClientEvent = '1xx' | '2xx' | '300-699' | 'error' | 'cancel';

/** `send`: the request, the same bytes each time. `tell`: the response to the user. `renew`: wait as long again. */
export type ClientAction = 'send' | 'ack' | 'cancel' | 'tell' | 'renew' | 'timeout' | 'fail' | 'done';

type Boxes = Figure<ClientState, ClientEvent, ClientAction>;
type ClientBox = Box<ClientState, ClientEvent, ClientAction>;

const none: ClientBox = { on: {} };

const calling: ClientBox = {
  repeats: { timer: 'A', pace: doubled },
  ends: 'B',
  on: {
    A: stay('send'),
    B: go('terminated', 'timeout', 'done'),
    error: go('terminated', 'fail', 'done'),
    '1xx': go('proceeding', 'tell'),
    '2xx': go('accepted', 'tell'),
    '300-699': go('completed', 'ack', 'tell'),
    cancel: go('regretting'),
  },
};

const proceeding: ClientBox = {
  ends: 'idle',
  on: {
    idle: go('terminated', 'timeout', 'done'),
    error: go('terminated', 'fail', 'done'),
    '1xx': stay('renew', 'tell'),
    '2xx': go('accepted', 'tell'),
    '300-699': go('completed', 'ack', 'tell'),
    cancel: go('cancelling', 'cancel'),
  },
};

/** Figure 5: INVITE client transaction. */
export const inviteClient: Boxes = {
  calling,
  // Before a provisional response the CANCEL could overtake the INVITE (§9.1).
  regretting: { ...calling, on: { ...calling.on, '1xx': go('cancelling', 'tell', 'cancel'), cancel: stay() } },
  proceeding,
  // Without a final response in 64·T1 the INVITE counts as cancelled (§9.1).
  cancelling: {
    ends: 'B',
    on: { ...proceeding.on, B: go('terminated', 'timeout', 'done'), '1xx': stay('tell'), cancel: stay() },
  },
  completed: {
    ends: 'D',
    on: {
      '300-699': stay('ack'),
      D: go('terminated', 'done'),
      error: go('terminated', 'fail', 'done'),
    },
  },
  // The first 2xx, its retransmissions, and those of other branches: all are the user's (RFC 6026 §7.2).
  accepted: {
    ends: 'M',
    on: {
      '2xx': stay('tell'),
      M: go('terminated', 'done'),
    },
  },
  terminated: none,
  trying: none,
};

/** Figure 6: non-INVITE client transaction. */
export const otherClient: Boxes = {
  trying: {
    repeats: { timer: 'E', pace: capped },
    ends: 'F',
    on: {
      E: stay('send'),
      F: go('terminated', 'timeout', 'done'),
      error: go('terminated', 'fail', 'done'),
      '1xx': go('proceeding', 'tell'),
      '2xx': go('completed', 'tell'),
      '300-699': go('completed', 'tell'),
    },
  },
  proceeding: {
    repeats: { timer: 'E', pace: steady },
    ends: 'F',
    on: {
      E: stay('send'),
      F: go('terminated', 'timeout', 'done'),
      error: go('terminated', 'fail', 'done'),
      '1xx': stay('tell'),
      '2xx': go('completed', 'tell'),
      '300-699': go('completed', 'tell'),
    },
  },
  completed: {
    ends: 'K',
    on: { K: go('terminated', 'done') },
  },
  terminated: none,
  calling: none,
  regretting: none,
  cancelling: none,
  accepted: none,
};
