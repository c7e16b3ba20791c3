// Laws of scanner and serialiser on random trees and random damage; saxes is the second opinion (ADR 0004).
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { parseDocument } from './document.ts';
import { Element, equal, type XmlNode } from './element.ts';
import { XmlError } from './error.ts';
import { storedLimits } from './limits.ts';
import { XmlScanner } from './scanner.ts';
import { serialise } from './serialise.ts';

const letters = fc.string({ unit: fc.constantFrom(...Array.from('abcxyzéÄ汉_-.09')), maxLength: 6 });
const name = fc.tuple(fc.constantFrom('a', 'b', 'é', '_'), letters).map(([first, rest]) => first + rest);
const ns = fc.constantFrom('jabber:client', 'urn:a', 'urn:b', "urn:'<&>");
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((raw) => raw.replace(/[\p{Surrogate}\p{Noncharacter_Code_Point}]|(?![\t\n\r])\p{Cc}/gu, 'x'));
const attrs = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        name,
        fc.constant('xml:lang'),
        fc.tuple(ns, name).map(([uri, local]) => `{${uri}}${local}`),
      ),
      text,
    ),
    { selector: ([key]) => key, maxLength: 4 },
  )
  .map((pairs) => pairs.flat());

const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc
    .tuple(
      name,
      ns,
      attrs,
      fc.oneof(
        { depthSize: 'small' },
        fc.constant<XmlNode[]>([]),
        fc.array(fc.oneof(text, tie('tree')), { maxLength: 4 }),
      ),
    )
    .map(([local, uri, flat, nodes]) => new Element(local, uri, flat, merged(nodes as XmlNode[]))),
}));

const merged = (nodes: readonly XmlNode[]): XmlNode[] => {
  const all: XmlNode[] = [];
  for (const node of nodes) {
    const last = all.at(-1);
    if (typeof node === 'string' && typeof last === 'string') all[all.length - 1] = last + node;
    else all.push(node);
  }
  return all;
};

/** The events of a stream, cut at the given places; the condition last when it fails. */
const events = (bytes: Uint8Array, cuts: readonly number[]): string[] => {
  const seen: string[] = [];
  const scanner = new XmlScanner(
    {
      open: (root) => void seen.push(serialise(root)),
      element: (each) => void seen.push(serialise(each)),
      close: () => void seen.push('close'),
    },
    storedLimits,
  );
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  try {
    for (let at = 1; at < places.length; at++) scanner.write(bytes.subarray(places[at - 1], places[at]));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    seen.push('error');
  }
  return seen;
};

/** What saxes makes of a document: the element, or undefined when it is refused. */
const secondOpinion = (document: string): string | undefined => {
  const parser = new SaxesParser({ xmlns: true });
  const stack: { local: string; uri: string; flat: string[]; nodes: XmlNode[] }[] = [];
  let root: Element | undefined;
  let failed = false;
  parser.on('error', () => {
    failed = true;
  });
  const refuse = (): void => {
    failed = true;
  };
  parser.on('comment', refuse);
  parser.on('doctype', refuse);
  parser.on('processinginstruction', refuse);
  parser.on('xmldecl', () => undefined);
  parser.on('opentag', (tag) => {
    const flat = Object.values(tag.attributes).flatMap(({ prefix, local, uri, value }) =>
      prefix === 'xmlns' || local === 'xmlns'
        ? []
        : [prefix === '' ? local : prefix === 'xml' ? `xml:${local}` : `{${uri}}${local}`, value],
    );
    stack.push({ local: tag.local, uri: tag.uri, flat, nodes: [] });
  });
  const addText = (piece: string): void => {
    stack.at(-1)?.nodes.push(piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const top = stack.pop();
    if (top === undefined) return;
    const element = new Element(top.local, top.uri, top.flat, merged(top.nodes));
    const outer = stack.at(-1);
    if (outer === undefined) root = element;
    else outer.nodes.push(element);
  });
  try {
    parser.write(document).close();
  } catch {
    return undefined;
  }
  return failed || root === undefined ? undefined : serialise(root);
};

const ours = (document: string): string | undefined => {
  try {
    return serialise(parseDocument(document));
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
};

describe('laws', () => {
  it('a tree comes back from its text, in any context', () => {
    fc.assert(
      fc.property(tree, ns, (element, context) =>
        equal(parseDocument(serialise(element, context), storedLimits, context), element),
      ),
    );
  });

  it('portions do not matter, also when something is wrong', () => {
    const stream = fc
      .tuple(
        fc.array(tree, { maxLength: 3 }),
        fc.nat(),
        fc.constantFrom('', '', '<', '&', ']]>', '\u0001', '"', '</x>'),
      )
      .map(([trees, place, damage]) => {
        const whole = `<s:s xmlns:s='urn:s' xmlns='jabber:client'>${trees.map((each) => serialise(each, 'jabber:client')).join(' ')}</s:s>`;
        const at = damage === '' ? 0 : place % whole.length;
        return new TextEncoder().encode(whole.slice(0, at) + damage + whole.slice(at));
      });
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.nat(), { maxLength: 12 }),
        (bytes, cuts) => void expect(events(bytes, cuts)).toEqual(events(bytes, [])),
      ),
    );
  });

  it('saxes reads the same from our text', () => {
    fc.assert(
      fc.property(
        tree,
        (element) => void expect(secondOpinion(serialise(element))).toBe(serialise(parseDocument(serialise(element)))),
      ),
    );
  });

  it('saxes refuses and reads the same when text is damaged', () => {
    const damage = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      '"',
      "'",
      '=',
      ' ',
      ':',
      'a',
      '\u0001',
      ']]>',
      '<!--',
      '<![CDATA[',
      '?>',
      '&#0;',
      '&lt;',
      'xmlns:',
    );
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat({ max: 3 }), damage, (element, place, drop, extra) => {
        const whole = serialise(element);
        const at = place % whole.length;
        const document = (whole.slice(0, at) + extra + whole.slice(at + drop)).replace(/\p{Surrogate}/gu, 'x');
        fc.pre(!/xmlns[^=]*=\s*["'](?:\s|[^"']*\s["'])/.test(document)); // saxes trims namespaces
        fc.pre(!/:[-.\d]/.test(document)); // saxes lets local names begin like that (Namespaces in XML §3)
        expect(ours(document)).toBe(secondOpinion(document));
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 300 },
    );
  });
});
