// Writing presence documents: strictly in the order of the schemas, namespaces with the usual prefixes (RFC 3863 §4.4; RFC 4479 §5.1).
import { type Element, el, type XmlNode } from '@parlance/xml/element';
import { writeDateTime } from '../datetime.ts';
import { namespaces } from '../namespaces.ts';
import { textChild, writeXml } from '../xml.ts';
import type { Contact, Device, Note, Occurrence, Person, PresenceDocument, Tuple } from './document.ts';

const { pidf, dataModel } = namespaces;

/** A presence document as an `application/pidf+xml` body. Ids must differ from each other: the caller's care. */
export const writePresence = ({ entity, tuples, persons, devices, notes, extensions }: PresenceDocument): Uint8Array =>
  writeXml(
    el(
      'presence',
      pidf,
      { entity },
      ...tuples.map(tupleElement),
      ...noteElements(pidf, notes),
      ...persons.map(personElement),
      ...devices.map(deviceElement),
      ...extensions,
    ),
  );

const tupleElement = (tuple: Tuple): Element =>
  el(
    'tuple',
    pidf,
    { id: tuple.id },
    el('status', pidf, {}, ...textChild('basic', pidf, tuple.basic), ...tuple.statuses),
    ...tuple.devices.map((device) => el('deviceID', dataModel, {}, device)),
    ...tuple.extensions,
    ...contactElement(tuple.contact),
    ...noteElements(pidf, tuple.notes),
    ...timestampElement(pidf, tuple),
  );

const personElement = (person: Person): Element =>
  el('person', dataModel, { id: person.id }, ...person.extensions, ...tail(person));

const deviceElement = (device: Device): Element =>
  el(
    'device',
    dataModel,
    { id: device.id },
    ...device.extensions,
    el('deviceID', dataModel, {}, device.device),
    ...tail(device),
  );

const tail = (occurrence: Occurrence): readonly XmlNode[] => [
  ...noteElements(dataModel, occurrence.notes),
  ...timestampElement(dataModel, occurrence),
];

/** Notes in the namespace of the element that they stand in. */
export const noteElements = (ns: string, notes: readonly Note[]): readonly Element[] =>
  notes.map(({ text, language }) => el('note', ns, { 'xml:lang': language }, text));

const timestampElement = (ns: string, { timestamp }: Occurrence): readonly Element[] =>
  textChild('timestamp', ns, timestamp === undefined ? undefined : writeDateTime(timestamp));

const contactElement = (contact: Contact | undefined): readonly Element[] =>
  contact === undefined ? [] : [el('contact', pidf, { priority: decimal(contact.priority) }, contact.uri)];

/** Thousandths as a decimal with at most three digits (RFC 3863 §4.1.5). */
const decimal = (thousandths: number | undefined): string | undefined =>
  thousandths === undefined ? undefined : String(thousandths / 1000);
