// Whole sessions as bytes, from the stream header to the goodbye, and ways to damage them.
import { Buffer } from 'node:buffer';
import fc from 'fast-check';

export interface Damage {
  readonly kind: 'bytes' | 'drop' | 'repeat' | 'swap';
  readonly at: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const nasty = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '/>',
  '</stream:stream>',
  '<!DOCTYPE a>',
  '<![CDATA[',
  '<?x?>',
  '&#0;',
  '\u0000',
  ']]>',
  '<!--',
  "xmlns='jabber:server'",
  "type='error'",
  "from='romeo@localhost'",
  "to='@'",
  "id=''",
  '<a>'.repeat(70),
  'x'.repeat(12_000),
  '<?xml version="1.0" encoding="utf-16"?>',
  "xml:lang='\uffff'",
];

export const damaged: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom('bytes', 'bytes', 'drop', 'repeat', 'swap'),
  at: fc.nat(),
  length: fc.nat({ max: 40 }),
  bytes: fc.oneof(
    fc.constantFrom(...nasty).map((text) => Uint8Array.from(Buffer.from(text))),
    fc.uint8Array({ maxLength: 20 }),
  ),
});

const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

/** What people do once they are in. */
const deeds = [
  "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r</resource></bind></iq>",
  "<enable xmlns='urn:xmpp:sm:3' resume='true'/>",
  "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>",
  "<presence><priority>1</priority><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>",
  "<presence to='romeo@localhost' type='subscribe'/>",
  "<iq type='set' id='s'><query xmlns='jabber:iq:roster'><item jid='romeo@localhost' name='R'><group>g</group></item></query></iq>",
  "<message to='mallory@localhost' type='chat' id='m'><body>to oneself</body><request xmlns='urn:xmpp:receipts'/></message>",
  "<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2' queryid='f'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field><field var='start'><value>2010-06-07T00:00:00Z</value></field></x><set xmlns='http://jabber.org/protocol/rsm'><max>10</max><before/></set></query></iq>",
  "<iq type='set' id='p'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:bookmarks:1'><item id='i'><conference xmlns='urn:xmpp:bookmarks:1'/></item></publish><publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='pubsub#persist_items'><value>true</value></field></x></publish-options></pubsub></iq>",
  "<iq type='set' id='k'><block xmlns='urn:xmpp:blocking'><item jid='nurse@localhost'/></block></iq>",
  "<iq type='set' id='v'><vCard xmlns='vcard-temp'><FN>M</FN><PHOTO><TYPE>image/png</TYPE><BINVAL>aGk=</BINVAL></PHOTO></vCard></iq>",
  "<iq type='set' id='x'><query xmlns='jabber:iq:private'><a xmlns='urn:a'>b</a></query></iq>",
  "<iq type='get' id='d' to='localhost'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
  "<iq type='set' id='c'><enable xmlns='urn:xmpp:carbons:2'/></iq>",
  "<inactive xmlns='urn:xmpp:csi:0'/>",
  "<a xmlns='urn:xmpp:sm:3' h='1'/>",
  "<r xmlns='urn:xmpp:sm:3'/>",
  '</stream:stream>',
];

const hurt = (bytes: Uint8Array, { kind, at, length, bytes: put }: Damage): Uint8Array => {
  const place = at % (bytes.length + 1);
  const [before, piece, after] = [
    bytes.subarray(0, place),
    bytes.subarray(place, place + length),
    bytes.subarray(place + length),
  ];
  if (kind === 'drop') return Buffer.concat([before, after]);
  if (kind === 'repeat') return Buffer.concat([before, piece, piece, after]);
  if (kind === 'swap') return Buffer.concat([before, piece.toReversed(), after]);
  return Buffer.concat([before, put, after]);
};

/** The whole conversation of a user, in portions; damages hit deeds more often than the way in. */
export const session = (
  user: string,
  password: string,
  damages: readonly Damage[],
  seed: number,
): readonly Uint8Array[] => {
  const plain = Buffer.from(`\0${user}\0${password}`).toString('base64');
  const entrance = `${header}<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`;
  const [atEntrance, later] = [
    damages.filter(({ at }) => at % 4 === 0 && seed % 2 === 0),
    damages.filter(({ at }) => at % 4 !== 0),
  ];
  const acts = deeds.slice(1, -1);
  const turned = [
    deeds[0] ?? '',
    ...acts.slice(seed % acts.length),
    ...acts.slice(0, seed % acts.length),
    deeds.at(-1) ?? '',
  ];
  return [
    atEntrance.reduce(hurt, Uint8Array.from(Buffer.from(entrance))),
    Uint8Array.from(Buffer.from(header)),
    ...cut(later.reduce(hurt, Uint8Array.from(Buffer.from(turned.join('')))), 1 + (seed % 1_500)),
  ];
};

const cut = (bytes: Uint8Array, size: number): readonly Uint8Array[] => {
  const least = Math.max(size, Math.ceil(bytes.length / 40));
  return Array.from({ length: Math.ceil(bytes.length / least) }, (_, n) => bytes.subarray(n * least, (n + 1) * least));
};
