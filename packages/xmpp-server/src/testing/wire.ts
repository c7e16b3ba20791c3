// The server's side of a wire for tests of transports: real streams that negotiate, with a feature that answers in place of SASL and binding.
import type { Clock } from '@parlance/base/clock';
import { silent } from '@parlance/base/log';
import type { SessionId } from '@parlance/core/ids';
import { type Element, el } from '@parlance/xml/element';
import type { Limits } from '@parlance/xml/limits';
import type { Context, XmppLimits } from '../context.ts';
import { FeatureNegotiator, type StreamFeature } from '../negotiation/negotiator.ts';
import { startTls } from '../negotiation/starttls.ts';
import type { StreamServices } from '../services.ts';
import type { XmppSession } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ClientStream } from '../stream.ts';

const ns = 'urn:example:wire';

const before: Limits = { bytes: 10_000, depth: 8, children: 64, attributes: 32, name: 128, namespaces: 16 };

const limits: Omit<XmppLimits, 'rate'> = {
  before,
  after: { ...before, bytes: 100_000, depth: 64 },
  negotiation: 30_000,
  resumption: 300,
  outbound: 200_000,
  sessions: 20,
};

/** A session that has nothing to say by itself. */
const quietSession = (stream: ClientStream): XmppSession => {
  const session: Partial<XmppSession> = {
    id: 'quiet' as SessionId,
    jid: 'romeo@one.example/orchard',
    flush: () => undefined,
    send: (text) => stream.write(text),
  };
  return session as XmppSession;
};

/** Answers `<echo/>` at once, `<wait/>` a turn later, takes `<in/>` for a signing in and `<bind/>` for a binding. */
const answering: StreamFeature = {
  offer: () => el('echo', ns),
  handles: [`${ns} echo`, `${ns} wait`, `${ns} in`, `${ns} bind`],
  handle: (stream, element) => {
    if (element.name === 'wait') return later(stream, element);
    stream.send(element);
    if (element.name === 'in') stream.restart(true);
    if (element.name === 'bind') stream.bound(quietSession(stream));
    return undefined;
  },
};

const later = async (stream: ClientStream, element: Element): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  stream.send(element);
};

/** What streams use of it. */
const contextFor = (clock: Clock, rate: number): Context => {
  let ids = 0;
  const random = { bytes: (count: number) => new Uint8Array(count), token: () => `token${++ids}` };
  const isLocal = (domain: string): boolean => domain === 'one.example' || domain === 'two.example';
  const context: Partial<Context> = { clock, random, log: silent, limits: { ...limits, rate }, isLocal };
  return context as Context;
};

export interface Wire {
  readonly services: StreamServices;
  readonly streams: readonly ClientStream[];
}

/** `upgrade` as the composition root gives it; `rate` in bytes per second. */
export const makeWire = (clock: Clock, upgrade?: StreamServices['upgrade'], rate = 10_000_000): Wire => {
  const streams: ClientStream[] = [];
  const features = [startTls(() => false), answering];
  const sessions: Partial<Sessions> = { lost: () => undefined, end: () => undefined };
  const services: Partial<StreamServices> = {
    context: contextFor(clock, rate),
    upgrade,
    sessions: sessions as Sessions,
    negotiator: (stream: ClientStream) => {
      streams.push(stream);
      return new FeatureNegotiator(stream, features);
    },
  };
  return { services: services as StreamServices, streams };
};
