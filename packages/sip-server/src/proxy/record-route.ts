// Where later requests of a dialog find this server: one Record-Route, or two where it stands between two networks or transports
// (RFC 3261 §16.6 step 4, RFC 5658 §5).
import type { Flow } from '@parlance/sip/flow';
import { hostPort, isSip, type Uri } from '@parlance/sip/uri';
import type { ProxyContext } from './context.ts';

/** Methods that make dialogs, or mend them. Whatever is unknown might (RFC 3261 §16.6 step 4). */
const without = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'MESSAGE',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REGISTER',
  'UPDATE',
]);

export const makesDialog = (method: string): boolean => !without.has(method);

const uriOf = (transports: ProxyContext['transports'], flow: Flow, user: string, target: Uri): string => {
  const { address, port } = transports.sentBy(flow);
  // RFC 3261 §16.6 step 4: a SIPS request wants to stay on TLS; there TLS is no transport of its own (§26.2.2).
  const secure = isSip(target) && target.scheme === 'sips';
  const transport = secure && flow.transport === 'TLS' ? 'tcp' : flow.transport.toLowerCase();
  const parameter = transport === 'udp' ? '' : `;transport=${transport}`;
  return `${secure ? 'sips' : 'sip'}:${user}@${hostPort(address, port)}${parameter};lr`;
};

/** Topmost first: what faces the next element, and below it what faces the one before. */
export const recordRoutesOf = (
  transports: ProxyContext['transports'],
  {
    inbound,
    outbound,
    user,
    target,
  }: { readonly inbound: Flow; readonly outbound: Flow; readonly user: string; readonly target: Uri },
): readonly string[] => {
  const [far, near] = [uriOf(transports, outbound, user, target), uriOf(transports, inbound, user, target)];
  return far === near ? [far] : [far, near];
};
