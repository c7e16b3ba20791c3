// Typing on the fake clock (XEP-0085 §5).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import { OurTyping, pauseAfter, TheirTyping, typingPatience } from './typing.ts';

describe('their typing', () => {
  it('ends by itself when nothing more is heard', () => {
    const clock = new FakeClock();
    const changes: boolean[] = [];
    const typing: TheirTyping = new TheirTyping(clock, (peer) => changes.push(typing.isTyping(peer)));
    typing.heard('juliet@capulet.lit', 'composing');
    clock.advance(typingPatience - 1);
    typing.heard('juliet@capulet.lit', 'composing');
    clock.advance(typingPatience - 1);
    expect(changes).toEqual([true]);
    clock.advance(1);
    expect(changes).toEqual([true, false]);
  });

  it('ends with a pause, and keeps no more than it can follow', () => {
    const clock = new FakeClock();
    const typing = new TheirTyping(clock, () => undefined);
    for (let n = 0; n < 1_000; n++) typing.heard(`bot${n}@spam.example`, 'composing');
    expect(clock.pending).toBe(100);
    typing.heard('bot1@spam.example', 'paused');
    expect(typing.isTyping('bot1@spam.example')).toBe(false);
    expect(clock.pending).toBe(99);
  });
});

describe('our typing', () => {
  it('is said once, paused once, and ended when the text is gone', () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const typing = new OurTyping(clock, (state) => said.push(state));
    typing.changed('h');
    clock.advance(pauseAfter - 1);
    typing.changed('he');
    clock.advance(pauseAfter);
    expect(said).toEqual(['composing', 'paused']);
    typing.changed('hel');
    typing.changed('');
    typing.changed('');
    expect(said).toEqual(['composing', 'paused', 'composing', 'active']);
  });

  it('says nothing more when the text was sent', () => {
    const clock = new FakeClock();
    const said: string[] = [];
    const typing = new OurTyping(clock, (state) => said.push(state));
    typing.changed('hello');
    typing.sent();
    clock.advance(pauseAfter);
    typing.changed('');
    expect(said).toEqual(['composing']);
  });
});
