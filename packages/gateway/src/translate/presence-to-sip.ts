// Presence from XMPP to SIP: one service for each resource (RFC 8048 §6.2, table 1).
import type { Present } from '@parlance/core/presence';
import type { Tuple } from '@parlance/sip/presence/document';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { sipOfJid } from './addresses.ts';

/**
 * A session's line as a service that is open. A tuple's id is the resource, with letters in front and without what XML does not
 * take in an id (note 2); `<show/>` goes along as it is (note 7).
 */
export const tupleOfLine = ({ source: { account, label }, line }: Present): Tuple => {
  const { show, note, priority, since } = line;
  const uri = sipOfJid(`${account.address}/${label}`);
  return {
    id: `ID-${label.replaceAll(/[^A-Za-z0-9._-]/g, (character) => `_${character.codePointAt(0)?.toString(16)}`)}`,
    basic: 'open',
    statuses: show === 'online' ? [] : [el('show', namespaces.client, {}, show)],
    contact: uri === undefined ? undefined : { uri, priority: thousandths(priority) },
    devices: [],
    notes: note === '' ? [] : [{ text: note }],
    timestamp: since,
    extensions: [],
  };
};

/** 0 to 127 onto 0 to 1, each with a value of its own; a negative one has none (note 6). */
const thousandths = (priority: number): number | undefined =>
  priority < 0 ? undefined : Math.floor((priority * 1000) / 127);
