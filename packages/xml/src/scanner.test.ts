// Tests of the stream scanner: what it reads, what it refuses, and that portions do not matter (RFC 6120 §4, §11).
import { describe, expect, it } from 'vitest';
import type { Element } from './element.ts';
import { XmlError } from './error.ts';
import type { Limits } from './limits.ts';
import { XmlScanner } from './scanner.ts';
import { serialise } from './serialise.ts';

const limits: Limits = { bytes: 10_000, depth: 8, children: 50, attributes: 10, name: 100, namespaces: 10 };
const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a.example' version='1.0'>`;

const collect = (): { events: string[]; scanner: XmlScanner } => {
  const events: string[] = [];
  const scanner = new XmlScanner(
    {
      open: (root) => void events.push(`open ${root.ns} ${root.name}`),
      element: (element: Element) => void events.push(serialise(element)),
      close: () => void events.push('close'),
    },
    limits,
  );
  return { events, scanner };
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What comes of a stream, cut into portions of `size` bytes; the condition of the error comes last. */
const read = (text: string | Uint8Array, size: number): string[] => {
  const all = typeof text === 'string' ? bytes(text) : text;
  const { events, scanner } = collect();
  try {
    for (let at = 0; at < all.length; at += size) scanner.write(all.subarray(at, at + size));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    events.push(error.condition);
  }
  return events;
};

const sizes = [1, 2, 3, 7, 64, 1_000_000];
const open = 'open http://etherx.jabber.org/streams stream';

describe('what is read', () => {
  const streams: readonly (readonly [what: string, text: string, events: readonly string[]])[] = [
    [
      'a stanza',
      `${header}<message to='b@b.example'><body>hello</body></message></stream:stream>`,
      ["<message xmlns='jabber:client' to='b@b.example'><body>hello</body></message>", 'close'],
    ],
    [
      'white space between stanzas',
      `${header} \n<presence/>\n\n<presence/> `,
      ["<presence xmlns='jabber:client'/>", "<presence xmlns='jabber:client'/>"],
    ],
    [
      'references',
      `${header}<a b='&lt;&#65;&#x1F600;&apos;'>&amp;&gt;&quot;</a>`,
      ["<a xmlns='jabber:client' b='&lt;A😀&apos;'>&amp;&gt;\"</a>"],
    ],
    [
      'CDATA and text as one',
      `${header}<a>x<![CDATA[<&]]>y<![CDATA[]]]]>z</a>`,
      ["<a xmlns='jabber:client'>x&lt;&amp;y]]z</a>"],
    ],
    [
      'prefixes',
      `${header}<p:a xmlns:p='urn:p' p:b='1' c='2'><p:d/><e/></p:a>`,
      ["<a xmlns='urn:p' xmlns:a0='urn:p' a0:b='1' c='2'><d/><e xmlns='jabber:client'/></a>"],
    ],
    ['> inside a value', `${header}<a b='>' c=">'"/>`, ["<a xmlns='jabber:client' b='&gt;' c='&gt;&apos;'/>"]],
    ['characters of every length', `${header}<a b='é汉😀'>é汉😀</a>`, ["<a xmlns='jabber:client' b='é汉😀'>é汉😀</a>"]],
    ['line ends', `${header}<a b='1\r\n2'>1\r\n2\r3</a>`, ["<a xmlns='jabber:client' b='1 2'>1\n2\n3</a>"]],
    [
      'a long tag in many portions',
      `${header}<a b='${'x'.repeat(600)}>' c='${'"'.repeat(300)}'/>`,
      [`<a xmlns='jabber:client' b='${'x'.repeat(600)}&gt;' c='${'&quot;'.repeat(300)}'/>`],
    ],
    [
      'long CDATA',
      `${header}<a><![CDATA[${']] >'.repeat(200)}]]></a>`,
      [`<a xmlns='jabber:client'>${']] &gt;'.repeat(200)}</a>`],
    ],
  ];
  for (const [what, text, events] of streams) {
    for (const size of sizes)
      it(`${what}, ${size} bytes at a time`, () => expect(read(text, size)).toEqual([open, ...events]));
  }
});

describe('what is refused', () => {
  const streams: readonly (readonly [what: string, text: string | Uint8Array, condition: string])[] = [
    ['a comment', `${header}<a><!-- x --></a>`, 'restricted-xml'],
    ['a document type', '<!DOCTYPE a><a/>', 'restricted-xml'],
    ['a processing instruction', `${header}<?php x?>`, 'restricted-xml'],
    ['a second declaration', `${header}<?xml version='1.0'?>`, 'restricted-xml'],
    ['an entity', `${header}<a>&nbsp;</a>`, 'restricted-xml'],
    ['another encoding', "<?xml version='1.0' encoding='latin1'?><a/>", 'unsupported-encoding'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x3c, 0]), 'unsupported-encoding'],
    ['bytes that are no UTF-8', new Uint8Array([...bytes(`${header}<a>`), 0xc0, 0xaf, 0x41, 0x41]), 'not-well-formed'],
    ['a surrogate in UTF-8', new Uint8Array([...bytes(`${header}<a>`), 0xed, 0xa0, 0x80, 0x41]), 'not-well-formed'],
    ['a control character', `${header}<a>\u0001</a>`, 'not-well-formed'],
    ['a control character by number', `${header}<a>&#1;</a>`, 'not-well-formed'],
    ['a bare ampersand', `${header}<a>a & b</a>`, 'not-well-formed'],
    ['< in a value', `${header}<a b='<'/>`, 'not-well-formed'],
    [']]> in text', `${header}<a>]]></a>`, 'not-well-formed'],
    ['tags that cross', `${header}<a><b></a></b>`, 'not-well-formed'],
    ['an attribute twice', `${header}<a b='1' b='2'/>`, 'not-well-formed'],
    ['an attribute twice by namespace', `${header}<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>`, 'not-well-formed'],
    ['an unquoted value', `${header}<a b=1/>`, 'not-well-formed'],
    ['an undeclared prefix', `${header}<p:a/>`, 'bad-namespace-prefix'],
    ['text between stanzas', `${header}hello<a/>`, 'not-well-formed'],
    ['an element behind the root', '<a></a><b/>', 'not-well-formed'],
    ['too deep', `${header}${'<a>'.repeat(9)}`, 'policy-violation'],
    ['too many children', `${header}<a>${'<b/>'.repeat(51)}</a>`, 'policy-violation'],
    [
      'too many attributes',
      `${header}<a ${Array.from({ length: 11 }, (_, n) => `a${n}=''`).join(' ')}/>`,
      'policy-violation',
    ],
    ['a name too long', `${header}<${'a'.repeat(101)}/>`, 'policy-violation'],
    ['a stanza too large', `${header}<a>${'x'.repeat(10_000)}</a>`, 'policy-violation'],
    ['a tag too large', `${header}<a b='${'x'.repeat(10_000)}`, 'policy-violation'],
    ['white space without end in front of the root', ' '.repeat(10_001), 'policy-violation'],
    ['xml as a prefix', `${header}<a xmlns:xml='urn:x'/>`, 'not-well-formed'],
    ['a prefix undeclared', `${header}<a xmlns:p=''/>`, 'not-well-formed'],
  ];
  for (const [what, text, condition] of streams) {
    for (const size of sizes)
      it(`${what}, ${size} bytes at a time`, () => expect(read(text, size).at(-1)).toBe(condition));
  }

  it.each(sizes)('and what is too large is not handed over, %i bytes at a time', (size) => {
    expect(read(`${header}<a>${'x'.repeat(10_000)}</a>`, size)).toEqual([open, 'policy-violation']);
    expect(read(`${header}<a b='${'x'.repeat(10_000)}'/>`, size)).toEqual([open, 'policy-violation']);
    expect(read(header.replace('a.example', 'a'.repeat(10_000)), size)).toEqual(['policy-violation']);
  });

  it('not white space between stanzas, however much', () => {
    expect(read(`${header}${' '.repeat(100_000)}<presence/>`, 1000)).toEqual([
      open,
      "<presence xmlns='jabber:client'/>",
    ]);
  });
});

describe('pause', () => {
  it('leaves what is behind the element, also in the middle of a character', () => {
    const events: string[] = [];
    const scanner: XmlScanner = new XmlScanner(
      { open: () => undefined, element: (e) => pauseAt(e.name), close: () => undefined },
      limits,
    );
    const pauseAt = (name: string): void => {
      events.push(name);
      scanner.pause();
      scanner.reset();
    };
    const rest = bytes('<é/>汉');
    const all = new Uint8Array([...bytes(`${header}<starttls/>`), ...rest.subarray(0, rest.length - 1)]);
    expect(all.length - scanner.write(all)).toBe(rest.length - 1);
    expect(events).toEqual(['starttls']);
  });
});

describe('a document of any size', () => {
  const document = "<a><b x='1'>\n <c>1</c> <c>2<b/></c></b><d><b>whole</b></d><b/></a>";
  const expected = [
    'open  a',
    'open  b',
    '<c>1</c>',
    '<c>2<b/></c>',
    'close',
    '<d><b>whole</b></d>',
    'open  b',
    'close',
    'close',
  ];

  it.each(sizes)('hands over the children of what is entered, in portions of %i', (size) => {
    const events: string[] = [];
    const scanner = new XmlScanner(
      {
        open: (head) => void events.push(`open ${head.ns} ${head.name}`),
        element: (element) => void events.push(serialise(element)),
        close: () => void events.push('close'),
        enter: ({ name }) => name === 'a' || name === 'b',
      },
      limits,
      0,
    );
    const all = bytes(document);
    for (let at = 0; at < all.length; at += size) scanner.write(all.subarray(at, at + size));
    expect(events).toEqual(expected);
    expect(scanner.ended).toBe(true);
    expect(() => scanner.writeText('<e/>')).toThrow(XmlError);
  });

  it('bounds each of them and the depth below, and lets no text stand between them', () => {
    const reading = (text: string): (() => void) => {
      const nothing = (): void => undefined;
      const enter = ({ name }: Element): boolean => name === 'a';
      const scanner = new XmlScanner({ open: nothing, element: nothing, close: nothing, enter }, limits, 0);
      return () => scanner.writeText(text);
    };
    expect(reading(`<a>${`<b>${'x'.repeat(5_000)}</b>`.repeat(20)}</a>`)).not.toThrow();
    expect(reading(`<a><b>${'x'.repeat(10_000)}</b></a>`)).toThrow(XmlError);
    expect(reading(`<a>${'<b>'.repeat(9)}`)).toThrow(XmlError);
    expect(reading('<a>text</a>')).toThrow(XmlError);
    expect(reading('<a><b></a>')).toThrow(XmlError);
    expect(reading('<!DOCTYPE a [<!ENTITY x "y">]><a/>')).toThrow(XmlError);
  });
});
