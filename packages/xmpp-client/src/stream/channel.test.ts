// What the client says to a server that breaks the rules of streams, and in which words (RFC 6120 §4.8, §4.9; RFC 7395 §3.3).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { streamErrorElement } from '@parlance/xmpp/stream-error';
import { describe, expect, it } from 'vitest';
import type { ConnectionOwner, Transport } from '../transport.ts';
import { Channel } from './channel.ts';

const header = `<stream:stream xmlns='jabber:client' xmlns:stream='${namespaces.stream}' id='1' from='one.example' version='1.0'>`;
const proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const starttls = el('starttls', namespaces.tls);

interface Wire {
  readonly channel: Channel;
  /** The server says something, over TCP in bytes. */
  readonly say: (text: string) => void;
  /** What the client wrote, and how it left. */
  readonly written: string[];
}

const connected = async (framing: Transport['framing']): Promise<Wire> => {
  const written: string[] = [];
  let owner: ConnectionOwner | undefined;
  const channel = new Channel({
    framing,
    requireTls: false,
    redirected: () => undefined,
    open: (taker) => {
      owner = taker;
      return Promise.resolve({
        secure: false,
        write: (text: string) => void written.push(text),
        startTls: () => Promise.resolve(),
        channelBindings: () => new Map(),
        end: () => void written.push('end'),
        destroy: () => void written.push('destroy'),
      });
    },
  });
  await channel.connect(new AbortController().signal);
  const say = (text: string): void => owner?.received(framing === 'stream' ? new TextEncoder().encode(text) : text);
  return { channel, say, written };
};

const opened = async (framing: Transport['framing']): Promise<Wire> => {
  const wire = await connected(framing);
  const open = wire.channel.open({ to: 'one.example' });
  wire.say(framing === 'stream' ? header : `<open xmlns='${namespaces.framing}' version='1.0'/>`);
  await open;
  wire.written.length = 0;
  return wire;
};

const errors = "xmlns='urn:ietf:params:xml:ns:xmpp-streams'";

it('a header names the domain, the account and the language, and declares both namespaces (§4.7, §4.8)', async () => {
  const { channel, written } = await connected('stream');
  void channel.open({ to: 'one.example', from: 'juliet@one.example', lang: 'de-CH' });
  expect(written).toEqual([
    `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${namespaces.stream}'` +
      " to='one.example' from='juliet@one.example' xml:lang='de-CH' version='1.0'>",
  ]);
});

describe('a stream error (§4.9)', () => {
  it.each([
    ['a comment', '<!-- -->', 'restricted-xml'],
    ['a document type', '<!DOCTYPE a>', 'restricted-xml'],
    ['a processing instruction', '<?a b?>', 'restricted-xml'],
    ['an entity', '<a>&b;</a>', 'restricted-xml'],
    ['a wrong end', '<a></b>', 'not-well-formed'],
    ['an unknown prefix', '<x:a/>', 'bad-namespace-prefix'],
    ['too much of it', `<a>${'<b>'.repeat(100)}`, 'policy-violation'],
  ])('is the answer to %s', async (_, text, condition) => {
    const { channel, say, written } = await opened('stream');
    const next = channel.next();
    say(text);
    await expect(next).rejects.toMatchObject({ condition });
    expect(written).toEqual([`<stream:error><${condition} ${errors}/></stream:error>`, '</stream:stream>', 'end']);
    say('<message/>');
    expect(written).toHaveLength(3);
  });

  it('is the answer to what is no stream (§4.8.1)', async () => {
    const { channel, say, written } = await connected('stream');
    const open = channel.open({ to: 'one.example' });
    say("<html xmlns='http://www.w3.org/1999/xhtml'>");
    await expect(open).rejects.toThrow('no XMPP stream');
    expect(written.slice(1)).toEqual([
      `<stream:error><undefined-condition ${errors}/></stream:error>`,
      '</stream:stream>',
      'end',
    ]);
  });

  it('declares its own prefix in a frame (RFC 7395 §3.3.3)', async () => {
    const { channel, say, written } = await opened('frames');
    const next = channel.next();
    say('<a>');
    await expect(next).rejects.toMatchObject({ condition: 'not-well-formed' });
    expect(written).toEqual([
      `<stream:error xmlns:stream='${namespaces.stream}'><not-well-formed ${errors}/></stream:error>`,
      `<close xmlns='${namespaces.framing}'/>`,
      'end',
    ]);
  });

  it('of our own has the prefix of the header (§4.8.1)', async () => {
    const { channel, written } = await opened('stream');
    channel.send(streamErrorElement('undefined-condition', '', el('too-high', namespaces.sm)));
    expect(written).toEqual([
      `<stream:error><undefined-condition ${errors}/><too-high xmlns='urn:xmpp:sm:3'/></stream:error>`,
    ]);
  });
});

it('nothing is said any more to who speaks in clear after it agreed to TLS (§5.4.3.3)', async () => {
  const { channel, say, written } = await opened('stream');
  const upgrade = channel.startTls(starttls, 'proceed');
  say(`${proceed}<stream:features/>`);
  await expect(channel.next()).rejects.toThrow('in clear');
  await upgrade;
  expect(written.slice(1)).toEqual(['destroy']);
});
