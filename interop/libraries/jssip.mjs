// JsSIP, unmodified, at a server: `jssip.mjs URL DOMAIN ONE OTHER` (ws: or wss:, two users of the domain).
// It prints what it saw as one JSON object. The password stands in the environment, the certificate in NODE_EXTRA_CA_CERTS.
import JsSIP from 'jssip';

const [, , url, domain, one, other] = process.argv;
const password = process.env.PASSWORD;

/** Resolves with what the event says first. */
const once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

/** Connects and registers. */
const open = async (user) => {
  const uri = `sip:${user}@${domain}`;
  const agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(url)], uri, password, register: true });
  const outcome = Promise.race([once(agent, 'registered'), once(agent, 'registrationFailed')]);
  agent.start();
  const { response, cause } = await outcome;
  return { agent, registered: cause ?? response.status_code, contact: response?.getHeader('Contact') };
};

/** Resolves with the code that answers. */
const send = (agent, to, body) =>
  new Promise((resolve) => {
    const answered = ({ response }) => resolve(response?.status_code ?? 0);
    agent.sendMessage(to, body, { eventHandlers: { succeeded: answered, failed: answered } });
  });

/** Resolves with sender and text of the next message from elsewhere. */
const heard = (agent) =>
  new Promise((resolve) => {
    agent.on('newMessage', ({ originator, request }) => {
      if (originator === 'remote') resolve([request.from.uri.toString(), request.body]);
    });
  });

const [juliet, romeo] = [await open(one), await open(other)];

const question = heard(romeo.agent);
const asked = await send(juliet.agent, `sip:${other}@${domain}`, 'Art thou not Romeo?');
const answer = heard(juliet.agent);
const answered = await send(romeo.agent, `sip:${one}@${domain}`, 'Neither, fair maid. 若你不喜歡 💔');
const refused = await send(romeo.agent, `sip:nobody@${domain}`, 'Is anybody there?');

process.stdout.write(
  JSON.stringify({
    registered: [juliet.registered, romeo.registered],
    sent: [asked, answered],
    heard: [await question, await answer],
    refused,
  }),
);
for (const { agent } of [juliet, romeo]) {
  const gone = once(agent, 'unregistered');
  agent.stop();
  await gone;
}
