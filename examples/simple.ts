// The same on our client package: signs in, reads the roster, sends, receives, reads history (RFC 6121, XEP-0313).
//
//     echo PASSWORD | node examples/dist/simple.js juliet@example.com romeo@example.com 'a text' [HOST:PORT]
//
// It sends the text, waits for one message, and prints the conversation.
import { createInterface } from 'node:readline';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { XmppClient } from '@parlance/xmpp-client/client';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { Roster } from '@parlance/xmpp-client/features/roster';
import { parseAddress } from '@parlance/xmpp-client/transports/resolve';
import { tcp } from '@parlance/xmpp-client/transports/tcp';

const [address = '', peer = '', text = '', place] = process.argv.slice(2);
const domain = address.slice(address.indexOf('@') + 1);
const server = place === undefined ? undefined : parseAddress(place, 5222);
const isHere = ['127.0.0.1', '::1', 'localhost'].includes(server?.host ?? domain);

/** Like `print` in other languages. */
const print = (...words: readonly (string | undefined)[]): void => void process.stdout.write(`${words.join(' ')}\n`);

const readPassword = async (): Promise<string> => {
  for await (const line of createInterface(process.stdin)) return line;
  return '';
};

const client = new XmppClient({
  address,
  password: await readPassword(),
  // A certificate need not be vouched for where nothing leaves this machine.
  transport: tcp({ domain, trust: { verify: !isHere }, ...(server === undefined ? {} : { server }) }),
  reconnect: 'once-online',
});

/** The next message that says something. */
const nextMessage = (): Promise<Element> =>
  new Promise((resolve) => {
    const stop = client.on('message', (message) => {
      if (message.childText('body') === undefined) return;
      stop();
      resolve(message);
    });
  });

await client.connect();
print('online', client.address);

const contacts = await new Roster(client).read();
for (const { jid, subscription } of contacts.values()) print('contact', jid, subscription);

const reply = nextMessage();
client.send(presence('available', {}));
const body = el('body', namespaces.client, {}, text);
await client.send(el('message', namespaces.client, { to: peer, type: 'chat' }, body)).outcome();

const message = await reply;
print('received', message.attr('from'), message.childText('body'));

const { messages } = await readArchive(client, { peer, before: '', max: 100 });
for (const { stanza } of messages) print('history', stanza.attr('from'), stanza.childText('body'));

await client.close();
