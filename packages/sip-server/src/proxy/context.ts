// What the proxy needs of its surroundings; of the transports only the ways out.
import type { SipContext } from '../context.ts';
import type { Transports } from '../transport/transports.ts';

export interface ProxyContext
  extends Pick<
    SipContext,
    'clock' | 'random' | 'log' | 'accounts' | 'transactions' | 'isLocal' | 'addressFrom' | 'seal'
  > {
  readonly transports: Pick<Transports, 'flowTo' | 'byId' | 'sentBy' | 'mustSwitch'>;
}
