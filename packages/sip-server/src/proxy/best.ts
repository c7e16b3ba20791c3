// The one answer of many: which final response goes back when nobody has accepted (RFC 3261 §16.7 steps 6 and 7; RFC 4320 §4.2).
import type { SipResponse } from '@parlance/sip/message';

/** Challenges, which all of them belong to one answer. */
const isChallenge = ({ status }: SipResponse): boolean => status === 401 || status === 407;

/** Those that tell how to ask again come first, those that only say that nobody was there last. */
const rank = (response: SipResponse): number => {
  const { status } = response;
  if (isChallenge(response)) return 0;
  if (status === 415 || status === 420 || status === 484) return 1;
  if (status === 408 || status === 480 || status === 430) return 3;
  return status === 487 ? 4 : 2;
};

/** 6xx before all others, then the lowest class. */
const classOf = ({ status }: SipResponse): number => (status >= 600 ? 0 : Math.floor(status / 100));

/** Undefined when there is none. Among equals the first that came. */
export const bestOf = (finals: readonly SipResponse[], isInvite: boolean): SipResponse | undefined => {
  // Nobody but an INVITE's sender is told of a time-out: whoever has anything else to say is heard first (RFC 4320 §4.2).
  const heard = isInvite ? finals : finals.filter(({ status }) => status !== 408);
  const [best] = (heard.length > 0 ? heard : finals).toSorted(
    (one, other) => classOf(one) - classOf(other) || rank(one) - rank(other),
  );
  return best === undefined || !isChallenge(best) ? best : withAll(best, finals.filter(isChallenge));
};

const asks = new Set(['www-authenticate', 'proxy-authenticate']);

const withAll = (best: SipResponse, challenges: readonly SipResponse[]): SipResponse => {
  const others = challenges
    .filter((each) => each !== best)
    .flatMap(({ fields }) => fields.filter(({ id }) => asks.has(id)));
  return others.length === 0 ? best : best.with({ fields: [...best.fields, ...others] });
};
