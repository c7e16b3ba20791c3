// Signing in by SCRAM-SHA-1, with the slow part of each password done once, so that the generator is not what is measured (RFC 5802).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import type { Crypto } from '@parlance/base/crypto';
import { namespaces } from '@parlance/xmpp/namespaces';
import { ScramClient } from '@parlance/xmpp/sasl/scram-client';
import { systemCrypto } from 'parlance-im/ports/crypto';
import { systemRandom } from 'parlance-im/ports/random';
import type { Person } from '../subject.ts';
import { LoadConnection, type Target } from './connection.ts';
import { bound } from './sign-in.ts';

const derived = new Map<string, Promise<Uint8Array>>();

/** PBKDF2 remembers its results: there are as many as accounts. */
const crypto: Crypto = {
  ...systemCrypto,
  pbkdf2: (hash, password, salt, rounds) => {
    const key = `${hash} ${toBase64(password)} ${toBase64(salt)} ${rounds}`;
    const known = derived.get(key) ?? systemCrypto.pbkdf2(hash, password, salt, rounds);
    derived.set(key, known);
    return known;
  },
};

export const bindScram = async (target: Target, person: Person, resource: string): Promise<LoadConnection> => {
  const connection = await LoadConnection.open(target);
  await connection.header();
  const mechanism = new ScramClient({
    crypto,
    name: 'SCRAM-SHA-1',
    hash: 'SHA-1',
    user: person.name,
    password: person.password,
    nonce: systemRandom.token(144),
    flag: 'n',
    binding: undefined,
  });
  const initial = toBase64(mechanism.initial());
  const challenge = await connection.ask(`<auth xmlns='${namespaces.sasl}' mechanism='SCRAM-SHA-1'>${initial}</auth>`);
  const response = await mechanism.respond(fromBase64(challenge.text()) ?? new Uint8Array(0));
  const success = await connection.ask(`<response xmlns='${namespaces.sasl}'>${toBase64(response)}</response>`);
  mechanism.succeed(fromBase64(success.text()));
  await bound(connection, resource);
  return connection;
};
