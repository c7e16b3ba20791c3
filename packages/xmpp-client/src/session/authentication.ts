// SASL over a stream: the exchange of RFC 6120 §6.4 around the mechanism's own messages.
import { fromBase64, toBase64 } from '@parlance/base/base64';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { chooseMechanism, type Offer } from '@parlance/xmpp/sasl/choose';
import type { ClientMechanism } from '@parlance/xmpp/sasl/client';
import { SaslError } from '@parlance/xmpp/sasl/failure';
import type { KeptKeys, Password } from '@parlance/xmpp/sasl/kept-keys';
import { AuthenticationError, ProtocolError } from '../errors.ts';
import type { Platform } from '../platform.ts';
import type { Channel } from '../stream/channel.ts';

export interface Credentials {
  /** The local part of the address; '' to be anonymous (XEP-0175). */
  readonly user: string;
  readonly password: Password;
}

const offerOf = (features: Element): Offer => {
  const mechanisms = features.child('mechanisms', namespaces.sasl)?.elements() ?? [];
  const bindings = features.child('sasl-channel-binding', namespaces.channelBindings);
  return {
    mechanisms: mechanisms.filter(({ name }) => name === 'mechanism').map((mechanism) => mechanism.text().trim()),
    bindingTypes: bindings?.elements().flatMap((binding) => binding.attr('type') ?? []),
  };
};

/** RFC 6120 §6.4.2: '=' stands for an empty message. */
const encode = (bytes: Uint8Array): string => (bytes.length === 0 ? '=' : toBase64(bytes));

const decode = (text: string): Uint8Array => {
  const bytes = fromBase64(text.trim() === '=' ? '' : text.trim());
  if (bytes === undefined) throw new ProtocolError('a SASL message that is no base 64');
  return bytes;
};

/** RFC 6120 §6.5: the condition, and a text for people. */
const failureOf = (failure: Element): AuthenticationError => {
  const condition = failure.elements().find(({ name }) => name !== 'text')?.name ?? 'not-authorized';
  return new AuthenticationError(condition, failure.childText('text'));
};

const exchange = async (channel: Channel, mechanism: ClientMechanism): Promise<void> => {
  const first = encode(mechanism.initial());
  channel.send(el('auth', namespaces.sasl, { mechanism: mechanism.name }, first));
  for (;;) {
    const answer = await channel.next();
    if (answer.ns !== namespaces.sasl) throw new ProtocolError(`${answer.name} in the middle of authentication`);
    if (answer.name === 'failure') throw failureOf(answer);
    if (answer.name === 'success') {
      const text = answer.text().trim();
      return mechanism.succeed(text === '' ? undefined : decode(text));
    }
    const response = await mechanism.respond(decode(answer.text()));
    channel.send(el('response', namespaces.sasl, {}, encode(response)));
  }
};

/**
 * Authenticates; the keys are what may be kept instead of the password. Rejects with AuthenticationError, also when the
 * server does not prove that it knows the password.
 */
export const authenticate = async (
  channel: Channel,
  features: Element,
  { user, password }: Credentials,
  { crypto, random }: Platform,
): Promise<KeptKeys | undefined> => {
  const choice = chooseMechanism(offerOf(features), {
    crypto,
    nonce: () => random.token(128),
    user,
    password,
    bindings: channel.channelBindings(),
    plaintext: channel.secure,
  });
  if (choice === 'downgraded')
    throw new AuthenticationError(
      'server-not-authenticated',
      'somebody on the path has changed what the server offers',
    );
  if (choice === 'none-usable') throw new AuthenticationError('no-mechanism', 'no way to sign in that both sides know');
  try {
    await exchange(channel, choice);
    return choice.proven;
  } catch (error) {
    if (error instanceof SaslError && error.refusal === 'password-needed')
      throw new AuthenticationError('password-needed', 'the server knows another password, or is another server');
    if (error instanceof SaslError) throw new AuthenticationError('server-not-authenticated', error.refusal);
    throw error;
  }
};
