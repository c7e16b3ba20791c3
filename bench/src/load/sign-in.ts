// Signing in: SASL PLAIN, binding, stream management, carbons, roster, presence, as today's clients do (RFC 6120 §6, §7; XEP-0198, XEP-0280).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Person } from '../subject.ts';
import { LoadConnection, type Target } from './connection.ts';

const expect = (element: Element, name: string): Element => {
  if (element.name !== name)
    throw new Error(`expected <${name}/>, got <${element.name}/> ${element.elements()[0]?.name ?? ''}`);
  return element;
};

/** Negotiates up to a bound session. */
export const bindPlain = async (
  target: Target,
  { name, password }: Person,
  resource = 'bench',
): Promise<LoadConnection> => {
  const connection = await LoadConnection.open(target);
  await connection.header();
  const initial = Buffer.from(`\0${name}\0${password}`).toString('base64');
  expect(await connection.ask(`<auth xmlns='${namespaces.sasl}' mechanism='PLAIN'>${initial}</auth>`), 'success');
  await bound(connection, resource);
  return connection;
};

/** Restarts the stream after SASL and binds a resource. */
export const bound = async (connection: LoadConnection, resource: string): Promise<void> => {
  await connection.header();
  const bind = `<iq id='bind' type='set'><bind xmlns='${namespaces.bind}'><resource>${resource}</resource></bind></iq>`;
  expect(await connection.ask(bind), 'iq');
};

/** What a client does after binding; resolves when its own presence has come back. */
export const settle = async (connection: LoadConnection, failed: (error: Error) => void): Promise<void> => {
  expect(await connection.ask(`<enable xmlns='${namespaces.sm}' resume='true'/>`), 'enabled');
  connection.live(failed);
  await new Promise<void>((resolve) => {
    connection.onStanza = (stanza) => {
      if (stanza.attr('id') === 'settled') resolve();
    };
    connection.send(`<iq id='carbons' type='set'><enable xmlns='${namespaces.carbons}'/></iq>`);
    connection.send(`<iq id='roster' type='get'><query xmlns='${namespaces.roster}'/></iq>`);
    connection.send(`<presence/><iq id='settled' type='get'><query xmlns='${namespaces.roster}'/></iq>`);
  });
};
