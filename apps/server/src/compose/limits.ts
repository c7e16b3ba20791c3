// What one connection and one person may cost, from the configuration's few numbers (SECURITY-CHECKLIST 2, 3).
import type { AdmissionLimits } from '@parlance/base/admission';
import type { RetentionRules } from '@parlance/core/retention';
import type { MailboxLimits } from '@parlance/core/waiting';
import type { SipLimits } from '@parlance/sip-server/context';
import type { GateLimits } from '@parlance/sip-server/transport/gate';
import type { TransportLimits } from '@parlance/sip-server/transport/parts';
import type { Limits } from '@parlance/xml/limits';
import type { XmppLimits } from '@parlance/xmpp-server/context';
import type { Configuration } from '../config/configuration.ts';

/** Before somebody has signed in: 10 KB, depth 8. */
const before: Limits = { bytes: 10_000, depth: 8, children: 64, attributes: 16, name: 128, namespaces: 8 };

/** The shape of what signed-in people send; its size is configured. */
const after = { depth: 64, children: 4_096, attributes: 64, name: 256, namespaces: 64 };

export const xmppLimits = ({ limits }: Configuration): XmppLimits => ({
  before,
  after: { ...after, bytes: limits.stanzaBytes },
  negotiation: limits.negotiationSeconds * 1000,
  resumption: limits.resumptionSeconds,
  rate: limits.bytesPerSecond,
  outbound: limits.outboundBytes,
  sessions: limits.sessionsPerAccount,
});

export const mailboxLimits = ({ limits }: Configuration): MailboxLimits => ({
  pending: limits.pendingPerAccount,
  strangerDay: limits.strangerMessagesPerDay,
});

const day = 86_400_000;

export const retentionRules = ({ retention, limits }: Configuration): RetentionRules => ({
  keep: (domain) => {
    const days = retention.keepDays[domain];
    return days === undefined ? undefined : days * day;
  },
  bytes: retention.archiveBytes,
  young: limits.resumptionSeconds * 1_000,
});

export const admissionLimits: AdmissionLimits = { connections: 100_000, perSource: 1_000 };

/** A SIP message of signed-in people may be as large as a stanza; a head is never more than 64 KB. Times in milliseconds. */
export const transportLimits = ({ limits }: Configuration): TransportLimits => ({
  ...admissionLimits,
  head: 65_536,
  body: limits.stanzaBytes,
  stranger: before.bytes,
  patience: limits.negotiationSeconds * 1_000,
  idle: 7_200_000,
  unused: 600_000,
  opening: 10_000,
  outbound: limits.outboundBytes,
});

/** Answers by UDP to strangers, by neighbourhood (SECURITY-CHECKLIST 55). */
export const gateLimits: GateLimits = { burst: 200, perSecond: 50, sources: 20_000 };

/**
 * PBKDF2 at a time: a core stays free for messages, and one of the four threads that Node gives to such work for the rest
 * of it (SECURITY-CHECKLIST 17).
 */
export const derivationsAtOnce = (cores: number): number => Math.min(3, Math.max(1, cores - 1));

/** Contacts of one account, and how long they hold; text messages as long as stanzas may be. */
export const sipLimits = ({ limits, archive }: Configuration): SipLimits => ({
  bindings: limits.sessionsPerAccount,
  shortest: 60,
  longest: 86_400,
  messageBytes: limits.stanzaBytes,
  archiving: archive.enabled,
});
