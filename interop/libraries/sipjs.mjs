// SIP.js, unmodified, at a server: `sipjs.mjs URL DOMAIN ONE OTHER [presence]` (ws: or wss:, two users of the domain).
// It prints what it saw as one JSON object. The password stands in the environment, the certificate in NODE_EXTRA_CA_CERTS.
import { Messager, Publisher, Registerer, Subscriber, UserAgent } from 'sip.js';

const [, , url, domain, one, other, presence] = process.argv;
const password = process.env.PASSWORD;

const uriOf = (user) => UserAgent.makeURI(`sip:${user}@${domain}`);

/** A promise, and what fulfils it. */
const awaited = () => {
  const made = {};
  made.promise = new Promise((resolve) => {
    made.resolve = resolve;
  });
  return made;
};

/** What to call with the response, and a promise of its code. */
const answer = () => {
  const { promise, resolve } = awaited();
  const told = ({ message }) => resolve(message.statusCode);
  return { code: promise, requestDelegate: { onAccept: told, onReject: told } };
};

/** Connects and registers. */
const open = async (user) => {
  const message = awaited();
  const agent = new UserAgent({
    uri: uriOf(user),
    authorizationUsername: user,
    authorizationPassword: password,
    transportOptions: { server: url },
    logBuiltinEnabled: false,
    delegate: {
      onMessage: (said) => {
        void said.accept();
        message.resolve([said.request.from.uri.toString(), said.request.body]);
      },
    },
  });
  await agent.start();
  const registerer = new Registerer(agent);
  const { code, requestDelegate } = answer();
  await registerer.register({ requestDelegate });
  return { agent, registerer, registered: await code, heard: message.promise };
};

/** Resolves with the code that answers. */
const send = async ({ agent }, user, body) => {
  const { code, requestDelegate } = answer();
  await new Messager(agent, uriOf(user), body).message({ requestDelegate });
  return code;
};

const status = (user, basic) => `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${user}@${domain}">
<tuple id="one"><status><basic>${basic}</basic></status></tuple></presence>`;

/** Resolves when a body that the watcher is notified of says so. */
const watches = async ({ agent }, user, basic) => {
  const seen = awaited();
  const onNotify = (notification) => {
    void notification.accept();
    if (notification.request.body.includes(`<basic>${basic}</basic>`)) seen.resolve(true);
  };
  const subscriber = new Subscriber(agent, uriOf(user), 'presence', { delegate: { onNotify } });
  await subscriber.subscribe();
  return { subscriber, seen: seen.promise };
};

const [juliet, romeo] = [await open(one), await open(other)];

const sent = [
  await send(juliet, other, 'Art thou not Romeo?'),
  await send(romeo, one, 'Neither, fair maid. 若你不喜歡 💔'),
];
const heard = [await romeo.heard, await juliet.heard];
const refused = await send(romeo, 'nobody', 'Is anybody there?');

/** One watches, the other publishes; true when the one is told. */
const watched = async () => {
  const { subscriber, seen } = await watches(juliet, other, 'open');
  const publisher = new Publisher(romeo.agent, uriOf(other), 'presence', {
    body: status(other, 'open'),
    contentType: 'application/pidf+xml',
  });
  await publisher.publish(status(other, 'open'));
  const told = await seen;
  await subscriber.unsubscribe();
  await publisher.unpublish();
  return told;
};

const registered = [juliet.registered, romeo.registered];
process.stdout.write(
  JSON.stringify({ registered, sent, heard, refused, ...(presence && { watched: await watched() }) }),
);
for (const { agent, registerer } of [juliet, romeo]) {
  await registerer.unregister();
  await agent.stop();
}
process.exit(0);
