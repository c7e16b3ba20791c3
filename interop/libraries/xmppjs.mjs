// xmpp.js, unmodified, at a server: `xmppjs.mjs SERVICE ONE OTHER` (xmpp:, xmpps:, ws: or wss:, two users at localhost).
// It prints what it saw as one JSON object. The password stands in the environment, the certificate in NODE_EXTRA_CA_CERTS.
import { once } from 'node:events';
import { client, xml } from '@xmpp/client';

const [, , service, one, other] = process.argv;
const domain = 'localhost';
const password = process.env.PASSWORD;

/** Signs in and becomes available. */
const open = async (username) => {
  const entity = client({ service, domain, username, password });
  entity.errors = [];
  entity.on('error', (error) => entity.errors.push(error.message));
  const managed = new Promise((resolve) => {
    entity.on('nonza', (element) => element.is('enabled') && resolve());
  });
  await entity.start();
  await managed;
  await entity.send(xml('presence'));
  return entity;
};

const say = (entity, to, body) => entity.send(xml('message', { to, type: 'chat' }, xml('body', {}, body)));

/** Resolves with the sender of the message that says this. */
const heard = (entity, body) =>
  new Promise((resolve) => {
    entity.on('stanza', (stanza) => {
      if (stanza.is('message') && stanza.getChildText('body') === body) resolve(stanza.attrs.from);
    });
  });

const [juliet, romeo] = [await open(one), await open(other)];

const question = heard(romeo, 'Art thou not Romeo?');
await say(juliet, `${other}@${domain}`, 'Art thou not Romeo?');
const asker = await question;
const answer = heard(juliet, 'Neither, fair maid. 若你不喜歡 💔');
await say(romeo, asker, 'Neither, fair maid. 若你不喜歡 💔');
const answerer = await answer;

const roster = await juliet.iqCaller.get(xml('query', 'jabber:iq:roster'));
const info = await juliet.iqCaller.get(xml('query', 'http://jabber.org/protocol/disco#info'), domain);
const refused = await juliet.iqCaller.get(xml('query', 'urn:example:none'), domain).catch(({ condition }) => condition);

// The line breaks: xmpp.js comes back by itself and resumes.
const resumed = once(juliet.streamManagement, 'resumed');
const meanwhile = heard(juliet, 'meanwhile');
const { socket } = juliet.socket;
if (typeof socket.destroy === 'function') socket.destroy();
else socket.close();
await say(romeo, asker, 'meanwhile');
await resumed;
await meanwhile;

process.stdout.write(
  JSON.stringify({
    talked: [asker === juliet.jid.toString(), answerer === romeo.jid.toString()],
    roster: roster.is('query', 'jabber:iq:roster'),
    carbons: info.getChildren('feature').some(({ attrs }) => attrs.var === 'urn:xmpp:carbons:2'),
    refused,
    errors: romeo.errors,
  }),
);
await Promise.all([juliet.stop(), romeo.stop()]);
