// Wrong passwords shut out who guesses, not who shares an address or an account with him (SECURITY-CHECKLIST 17, 54).
import type { Address } from '@parlance/core/ids';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { Guesses } from './guesses.ts';

const [juliet, romeo] = ['juliet@a.example', 'romeo@a.example'] as readonly string[] as [Address, Address];

let clock: FakeClock;
let guesses: Guesses;

beforeEach(() => {
  clock = new FakeClock();
  guesses = new Guesses(clock);
});

const fail = (times: number, ip: (n: number) => string, address: Address): void => {
  for (let n = 0; n < times; n++) guesses.failed(ip(n), address);
};

describe('checklist 54: who guesses waits', () => {
  test('a source, at whatever account', () => {
    fail(20, () => '192.0.2.1', juliet);
    expect(guesses.areLocked('192.0.2.1', romeo)).toBe(true);
    expect(guesses.areLocked('192.0.2.2', juliet)).toBe(false);
    clock.advance(1_000);
    expect(guesses.areLocked('192.0.2.1', romeo)).toBe(false);
  });

  test('all of an IPv6 network', () => {
    fail(20, (n) => `2001:db8::${n}`, juliet);
    expect(guesses.areLocked('2001:db8::ffff', romeo)).toBe(true);
    expect(guesses.areLocked('2001:db8:0:1::1', romeo)).toBe(false);
  });

  test('many sources, at one account', () => {
    fail(100, (n) => `192.0.2.${n}`, juliet);
    expect(guesses.areLocked('198.51.100.1', juliet)).toBe(true);
    expect(guesses.areLocked('127.0.0.1', juliet)).toBe(true);
    expect(guesses.areLocked('198.51.100.1', romeo)).toBe(false);
  });

  test('never this machine for its own guesses at others', () => {
    fail(50, () => '127.0.0.1', juliet);
    expect(guesses.areLocked('127.0.0.1', romeo)).toBe(false);
  });
});

describe('who signed in from there before', () => {
  beforeEach(() => guesses.succeeded('192.0.2.1', juliet));

  test('is not shut out by a neighbour, or by strangers', () => {
    fail(20, () => '192.0.2.1', romeo);
    fail(100, (n) => `198.51.100.${n}`, juliet);
    expect(guesses.areLocked('192.0.2.1', juliet)).toBe(false);
    expect(guesses.areLocked('192.0.2.1', romeo)).toBe(true);
  });

  test('but guesses no more than others', () => {
    fail(20, () => '192.0.2.1', juliet);
    expect(guesses.areLocked('192.0.2.1', juliet)).toBe(true);
  });
});
