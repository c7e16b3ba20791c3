// Loops: a branch of ours says what was decided when it was made; whoever comes back to the same decision runs in a circle
// (RFC 5393 §4.2; RFC 3261 §16.3 step 4, §16.6 step 8).
import type { Random } from '@parlance/base/random';
import { route } from '@parlance/sip/headers/name-addr';
import { branchOf, magic, via } from '@parlance/sip/headers/via';
import type { SipRequest } from '@parlance/sip/message';
import type { SipContext } from '../context.ts';

/** Stands between the two parts of a branch; the first has none. */
const between = '.';

/** Bits of the first part, which no two branches share. */
const bits = 96;

/** Characters of the second. */
const length = 12;

/**
 * The second part: the same for all requests of which this server decides the same, whatever their method. Nobody else can make
 * it, so that sent-by need not be looked at. `decision`: what besides the request's own words led to where it goes.
 */
export const markOf = ({ seal }: Pick<SipContext, 'seal'>, request: SipRequest, decision: string): string =>
  seal('loop', request.uri, request.first(route)?.uri ?? '', decision).slice(0, length);

export const branchWith = (random: Random, mark: string): string =>
  `${magic}${random.token(bits).replaceAll(between, '-')}${between}${mark}`;

/** Whether a request has been here, and was decided upon as now. */
export const isLoop = (request: SipRequest, mark: string): boolean =>
  request.all(via).some((each) => branchOf(each)?.endsWith(`${between}${mark}`) === true);
