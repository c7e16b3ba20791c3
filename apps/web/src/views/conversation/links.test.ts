// Links: what is one, what is none, and that nothing of the text is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { piecesOf } from './links.ts';

const links = (text: string): readonly string[] =>
  piecesOf(text).flatMap((piece) => (piece.kind === 'link' ? [piece.href] : []));

describe('links in a text', () => {
  it('are web, mail and xmpp addresses', () => {
    expect(links('see https://example.org/a?b=c#d, or mailto:a@example.org.')).toEqual([
      'https://example.org/a?b=c#d',
      'mailto:a@example.org',
    ]);
    expect(links('xmpp:juliet@capulet.lit?message')).toEqual(['xmpp:juliet@capulet.lit?message']);
    expect(links('(https://en.wikipedia.org/wiki/Ink_(disambiguation))。')).toEqual([
      'https://en.wikipedia.org/wiki/Ink_(disambiguation)',
    ]);
    expect(links('请看https://example.org/路。')).toEqual(['https://example.org/%E8%B7%AF']);
  });

  it('are never what could run or read something', () => {
    for (const text of [
      'javascript:alert(1)',
      'JaVaScRiPt://example.org/%0aalert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'vbscript:x',
      'steam://run/1',
      'https://',
      'https://bank.example@evil.example/',
      'https://example.org/\u202egnp.exe',
    ])
      expect(links(text)).toEqual([]);
  });

  it('keep every character of the text in its place', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('https://a.example', 'mailto:a@b.c', '(', ')', '.', '\u202e'));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(' ');
        expect(
          piecesOf(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
