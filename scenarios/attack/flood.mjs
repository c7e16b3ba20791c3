// Attackers as a process of their own: `node flood.mjs PORT KIND ACCOUNTS`; eight connections flood a server until standard input ends.
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';

process.stdin.on('end', () => process.exit()).resume();

const [, , port, kind, accounts] = process.argv;
const password = 'correct horse';
const header =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>";

const auth = (user, secret) =>
  `<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${Buffer.from(`\0${user}\0${secret}`).toString('base64')}</auth>`;

/** Says one thing after the other, each when the answer to the one before has come. */
const converse = (steps, then) => {
  const socket = connect(Number(port), '127.0.0.1');
  let heard = '';
  let step = 0;
  const next = () => {
    if (step === steps.length) then(socket);
    else socket.write(steps[step][0]);
  };
  socket.on('connect', next);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    if (step >= steps.length) return;
    heard += bytes;
    if (!heard.includes(steps[step][1])) return;
    heard = '';
    step++;
    next();
  });
  return socket;
};

const inside = (n, then) =>
  converse(
    [
      [header, '</stream:features>'],
      [auth(`mallory${n % Number(accounts)}`, password), '<success'],
      [header, '</stream:features>'],
      [
        `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>r${n}</resource></bind></iq>`,
        '</iq>',
      ],
    ],
    then,
  );

/** As fast as the server takes it. */
const pour = (words) => (socket) => {
  const portion = words.repeat(Math.ceil(16_384 / words.length));
  const go = () => {
    while (socket.writable && socket.write(portion));
  };
  socket.on('drain', go);
  go();
};

const again = (begin) => {
  const socket = begin();
  socket.on('close', () => setImmediate(again, begin));
};

const message = `<message to='mallory0@localhost' type='chat'><body>${'x'.repeat(100)}</body></message>`;
const kinds = {
  messages: (n) => again(() => inside(n, pour(message))),
  requests: (n) => again(() => inside(n, pour("<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"))),
  presence: (n) => again(() => inside(n, pour('<presence><status>x</status></presence>'))),
  'white space': (n) => again(() => inside(n, pour(' \n'))),
  'large stanzas': (n) =>
    again(() => inside(n, pour(`<iq type='get' id='1'><a xmlns='b'>${'<b c="d"/>'.repeat(4_000)}</a></iq>`))),
  'sign-ins': () =>
    again(() =>
      converse(
        [[header, '</stream:features>'], ...Array.from({ length: 5 }, () => [auth('mallory0', 'wrong'), '</failure>'])],
        () => undefined,
      ),
    ),
  connections: () => again(() => converse([[header, '</stream:features>']], (socket) => socket.destroy())),
  nonsense: () =>
    again(() => converse([[`${header}${'<a>'.repeat(9)}`, '</stream:stream>']], (socket) => socket.destroy())),
};

for (let n = 0; n < 8; n++) kinds[kind](n);
