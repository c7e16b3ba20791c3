// The presence document of an account, put together from what all its devices say (RFC 3863 §4; RFC 4479 §3; ADR 0007).
import type { Address } from '@parlance/core/ids';
import { type PresenceSource, type Present, ranked } from '@parlance/core/presence';
import { namespaces } from '@parlance/sip/namespaces';
import type { Occurrence, Person, PresenceDocument, Tuple } from '@parlance/sip/presence/document';
import { richElement } from '@parlance/sip/presence/rich';
import type { Element } from '@parlance/xml/element';
import { uriOf } from '../addresses.ts';
import { activitiesOf } from './line.ts';

export interface Composition {
  readonly address: Address;
  readonly lines: readonly Present[];
  /** What a phone has published, to be passed on as it is. */
  readonly published: (source: PresenceSource) => PresenceDocument | undefined;
  /** What an XMPP session says. */
  readonly tupleOf: (present: Present) => Tuple;
}

/** Of somebody who is not there, or shows himself to nobody (RFC 3856 §6.7). */
export const closedDocument = (address: Address): PresenceDocument => ({
  entity: uriOf(address),
  tuples: [{ id: 'ID-none', basic: 'closed', statuses: [], devices: [], notes: [], extensions: [] }],
  persons: [],
  devices: [],
  notes: [],
  extensions: [],
});

/** Each device is a service; the person is what the line says that speaks for all. The best comes first, for who reads one only. */
export const composeDocument = ({ address, lines, published, tupleOf }: Composition): PresenceDocument => {
  const [best, ...others] = ranked(lines);
  if (best === undefined) return closedDocument(address);
  const documents = lines.flatMap(({ source }) => published(source) ?? []);
  const tuples = [best, ...others].flatMap((present) => tuplesOf(present, published(present.source), tupleOf));
  return {
    entity: uriOf(address),
    tuples: distinct(tuples),
    persons: personOf(best, published(best.source)),
    devices: distinct(documents.flatMap(({ devices }) => devices)).map((each) => ({ ...each, id: `D-${each.id}` })),
    notes: [],
    extensions: [],
  };
};

/** A document without services speaks of the person: the phone itself is there all the same. */
const tuplesOf = (
  present: Present,
  document: PresenceDocument | undefined,
  tupleOf: Composition['tupleOf'],
): readonly Tuple[] => {
  if (present.source.protocol !== 'sip') return [tupleOf(present)];
  return document === undefined || document.tuples.length === 0 ? [phone(present)] : document.tuples;
};

const phone = ({ source: { account, label }, line }: Present): Tuple => ({
  id: `ID-${label}`,
  basic: 'open',
  statuses: [],
  contact: { uri: `${uriOf(account.address)};gr=${label}` },
  devices: [],
  notes: line.note === '' ? [] : [{ text: line.note }],
  timestamp: line.since,
  extensions: [],
});

const isActivities = ({ name, ns }: Element): boolean => name === 'activities' && ns === namespaces.rpid;

/** None when there is nothing to say of the person. What else a phone says of it goes along. */
const personOf = ({ line }: Present, document: PresenceDocument | undefined): readonly Person[] => {
  const words = activitiesOf(line);
  const rest = document?.persons[0]?.extensions.filter((each) => !isActivities(each)) ?? [];
  const extensions = words.length === 0 ? rest : [richElement('activities', { words, notes: [] }), ...rest];
  const notes = line.note === '' ? [] : [{ text: line.note }];
  return extensions.length + notes.length === 0 ? [] : [{ id: 'ID-person', notes, timestamp: line.since, extensions }];
};

/** Ids of several publishers may be the same; in one document they may not (RFC 3863 §4.1.2). */
const distinct = <Kind extends Occurrence>(all: readonly Kind[]): readonly Kind[] => {
  const used = new Set<string>();
  return all.map((each) => {
    const base = /^[A-Za-z_][A-Za-z0-9._-]*$/.test(each.id) ? each.id : `ID-${used.size}`;
    let id = base;
    for (let n = 2; used.has(id); n++) id = `${base}-${n}`;
    used.add(id);
    return { ...each, id };
  });
};
