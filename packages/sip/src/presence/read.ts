// Reading presence documents: tolerant of order, white space, missing ids and what is unknown (RFC 3863 §4; RFC 4479 §5).
import type { Element } from '@parlance/xml/element';
import { readDateTime } from '../datetime.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, readXml, textOf } from '../xml.ts';
import type { Contact, Device, Note, Occurrence, Person, PresenceDocument, Tuple } from './document.ts';

const { pidf, dataModel } = namespaces;
const what = 'presence document';

/**
 * Reads an `application/pidf+xml` body. Throws `SipError` 400 when it is no presence document. A service, person or device without
 * an id gets one by its place; a contact without a URI and a malformed timestamp are left out.
 */
export const readPresence = (body: Uint8Array): PresenceDocument => {
  const root = readXml(body, what, 'presence', pidf);
  const language = root.attr('xml:lang');
  return {
    entity: root.attr('entity')?.trim() ?? '',
    tuples: children(root, 'tuple').map((tuple, n) => readTuple(tuple, n, language)),
    persons: children(root, 'person', dataModel).map((person, n) => readPerson(person, n, language)),
    devices: children(root, 'device', dataModel).map((device, n) => readDevice(device, n, language)),
    notes: readNotes(root, language),
    extensions: root.elements().filter(({ name, ns }) => ns !== pidf && !(ns === dataModel && isModel(name))),
  };
};

const isModel = (name: string): boolean => name === 'person' || name === 'device';

const readTuple = (tuple: Element, place: number, outer: string | undefined): Tuple => {
  const status = tuple.child('status');
  const isDevice = (child: Element): boolean => child.name === 'deviceID' && child.ns === dataModel;
  return {
    ...readOccurrence(tuple, `t${place}`, outer),
    basic: known(['open', 'closed'], status?.childText('basic')?.toLowerCase()),
    statuses: status?.elements().filter((child) => !(child.name === 'basic' && child.ns === pidf)) ?? [],
    contact: readContact(tuple.child('contact')),
    devices: children(tuple, 'deviceID', dataModel).map((device) => device.text().trim()),
    extensions: tuple.elements().filter((child) => child.ns !== pidf && !isDevice(child)),
  };
};

const readPerson = (person: Element, place: number, outer: string | undefined): Person => ({
  ...readOccurrence(person, `p${place}`, outer),
  extensions: person.elements().filter(({ name, ns }) => ns !== dataModel || !ownNames.has(name)),
});

const readDevice = (device: Element, place: number, outer: string | undefined): Device => ({
  ...readOccurrence(device, `d${place}`, outer),
  device: textOf(device, 'deviceID') ?? '',
  extensions: device
    .elements()
    .filter(({ name, ns }) => ns !== dataModel || !(ownNames.has(name) || name === 'deviceID')),
});

/** Children that persons and devices have of their own. */
const ownNames = new Set(['note', 'timestamp']);

const readOccurrence = (element: Element, id: string, outer: string | undefined): Omit<Occurrence, 'extensions'> => ({
  id: element.attr('id')?.trim() || id,
  notes: readNotes(element, element.attr('xml:lang') ?? outer),
  timestamp: readDateTime(element.childText('timestamp')),
});

/** The notes of an element, in its own namespace; empty ones say nothing. */
export const readNotes = (element: Element, outer: string | undefined): readonly Note[] =>
  children(element, 'note').flatMap((note) => {
    const text = note.text().trim();
    return text === '' ? [] : { text, language: note.attr('xml:lang') ?? outer };
  });

const readContact = (contact: Element | undefined): Contact | undefined => {
  const uri = contact?.text().trim();
  return uri === undefined || uri === '' ? undefined : { uri, priority: readPriority(contact?.attr('priority')) };
};

/** A decimal from 0 to 1 in thousandths; whatever is out of range counts as absent (RFC 3863 §4.1.5). */
const readPriority = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (!/^(?:0(?:\.\d{0,9})?|\.\d{1,9}|1(?:\.0{0,9})?)$/.test(trimmed)) return undefined;
  return Math.floor(Number(trimmed) * 1000 + 1e-6);
};
