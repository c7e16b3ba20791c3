// Rich presence inside of persons, services and devices: activities, mood, place, user input (RFC 4480 §3).
import { type Element, el } from '@parlance/xml/element';
import { readDateTime, writeDateTime } from '../datetime.ts';
import { namespaces } from '../namespaces.ts';
import { known, numeral, unsigned } from '../xml.ts';
import type { Note } from './document.ts';
import { readNotes } from './read.ts';
import { noteElements } from './write.ts';

const { rpid, locationType } = namespaces;

/** Elements that are a list of words with notes, each valid from some time to another (§3.1). */
export type RichKind = 'activities' | 'mood' | 'place-type' | 'privacy' | 'relationship' | 'service-class';

export interface Rich {
  /** Local names of the words: `on-the-phone`, `away`, `busy`, `happy`, `office`. */
  readonly words: readonly string[];
  /** What `<other/>` says. */
  readonly other?: string | undefined;
  readonly notes: readonly Note[];
  /** Milliseconds since 1970. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

const find = (extensions: readonly Element[], name: string): Element | undefined =>
  extensions.find((element) => element.name === name && element.ns === rpid);

/** Reads the first element of a kind from a person's, service's or device's extensions; undefined when there is none. */
export const readRich = (kind: RichKind, extensions: readonly Element[]): Rich | undefined => {
  const element = find(extensions, kind);
  if (element === undefined) return undefined;
  const said = element.elements().filter(({ name, ns }) => ns !== rpid || (name !== 'note' && name !== 'other'));
  return {
    words: said.map(({ name }) => name),
    other: element.childText('other')?.trim() || undefined,
    notes: readNotes(element, element.attr('xml:lang')),
    from: readDateTime(element.attr('from')),
    until: readDateTime(element.attr('until')),
  };
};

/** Words of kinds of places are RFC 4589's (§3.7), all others RPID's own. Each word must be a name that XML allows. */
export const richElement = (kind: RichKind, { words, other, notes, from, until }: Rich): Element =>
  el(
    kind,
    rpid,
    { from: stamp(from), until: stamp(until) },
    ...noteElements(rpid, notes),
    ...words.map((word) => el(word, kind === 'place-type' ? locationType : rpid)),
    ...(other === undefined ? [] : [el('other', rpid, {}, other)]),
  );

const stamp = (time: number | undefined): string | undefined => (time === undefined ? undefined : writeDateTime(time));

/** Whether somebody touches the keys (§3.14). */
export interface UserInput {
  readonly state: 'active' | 'idle';
  /** Milliseconds since 1970. */
  readonly last?: number | undefined;
  /** Seconds without input after which the state is `idle`. */
  readonly threshold?: number | undefined;
}

/** Undefined when there is none, or none that can be read. */
export const readUserInput = (extensions: readonly Element[]): UserInput | undefined => {
  const element = find(extensions, 'user-input');
  const state = known(['active', 'idle'], element?.text());
  if (element === undefined || state === undefined) return undefined;
  return { state, last: readDateTime(element.attr('last-input')), threshold: unsigned(element.attr('idle-threshold')) };
};

export const userInputElement = ({ state, last, threshold }: UserInput): Element =>
  el('user-input', rpid, { 'idle-threshold': numeral(threshold), 'last-input': stamp(last) }, state);
