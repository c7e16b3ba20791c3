// A server with two members, somebody elsewhere, and a stranger; phones that tests speak through.
import { Phone, ProxyStage, type StageParts } from './proxy-stage.ts';

export interface Household {
  readonly home: ProxyStage;
  readonly alice: Phone;
  /** Registered. */
  readonly bob: Phone;
  /** Nobody's. */
  readonly mallory: Phone;
  /** At 203.0.113.9:10004, where other.example is. */
  readonly other: Phone;
}

export const household = (parts: StageParts): Household => {
  const home = new ProxyStage({ ...parts, hosts: { 'other.example': '203.0.113.9:10004', ...parts.hosts } });
  const phone = (name: string, host?: string): Phone => new Phone(home.network, home.place, name, 'UDP', host);
  const [alice, bob, mallory] = [phone('alice'), phone('bob'), phone('mallory', '203.0.113.66')];
  home.account('alice');
  home.register(home.account('bob'), bob);
  return { home, alice, bob, mallory, other: phone('other', '203.0.113.9') };
};

/** The statuses of final answers. */
export const finals = ({ statuses }: Phone): readonly number[] => statuses.filter((status) => status > 100);
