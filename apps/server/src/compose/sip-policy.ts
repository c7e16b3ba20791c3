// The operator's rules for SIP, as the proxy wants them (CONTRACT, `sip.routes`, `sip.peers`, `sip.mode`).
import type { PolicySettings, Rule } from '@parlance/sip-server/proxy/policy';
import type { Configuration } from '../config/configuration.ts';

type Route = Configuration['sipPolicy']['routes'][number];

/** The schema lets only one of both through. */
const ruleOf = ({ match, to, deny }: Route): Rule => ({
  match,
  action: to === undefined ? { deny: deny ?? 403 } : { to },
});

export const sipPolicy = ({
  sipPolicy: { routes, peers, redirects },
}: Pick<Configuration, 'sipPolicy'>): PolicySettings => ({
  routes: routes.map(ruleOf),
  peers,
  redirects: new Set(redirects),
});
