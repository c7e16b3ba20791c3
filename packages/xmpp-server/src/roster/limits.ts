// Bounds of a contact list (SECURITY-CHECKLIST 33): each with a default that no person reaches.
import type { RosterItemLimits } from '@parlance/xmpp/wire/rfc-6121.roster';

export interface RosterLimits extends RosterItemLimits {
  /** Roster items of one account. */
  readonly items: number;
  /** Requests of strangers that wait for one account. */
  readonly requests: number;
  /** Length of a stored request, in UTF-16 units. */
  readonly request: number;
}

export const rosterLimits: RosterLimits = { name: 1023, groups: 64, items: 5_000, requests: 1_000, request: 10_000 };
