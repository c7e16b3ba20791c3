// The address of the page names a conversation, or nothing: whoever makes a link to us decides no more than that.
import { expect, test } from 'vitest';
import { peerIn } from './peer-in.ts';

test.each([
  ['#/romeo%40montague.lit', 'romeo@montague.lit'],
  ['#/romeo@montague.lit', 'romeo@montague.lit'],
  ['#/ROMEO@Montague.lit/orchard', 'romeo@montague.lit'],
  ['#/montague.lit', 'montague.lit'],
])('%s is %s', (hash, peer) => {
  expect(peerIn(hash)).toBe(peer);
});

test.each(['', '#', '#/', '#romeo', '#/a%40b%40c', '#/%20', '#/%E0%A4%A', '#/@montague.lit'])(
  '%s is nobody',
  (hash) => {
    expect(peerIn(hash)).toBeUndefined();
  },
);
