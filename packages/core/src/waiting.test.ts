// Who may leave how much: strangers are counted by recipient and day, contacts and oneself are not.
import { expect, it } from 'vitest';
import { Account, type AccountView, emptyView } from './account.ts';
import { stranger } from './contact.ts';
import type { Envelope } from './envelope.ts';
import { type AccountId, type Address, firstSequence } from './ids.ts';
import { Strangers } from './waiting.ts';

const friend = 'benvolio@montague.example' as Address;
const view: AccountView = {
  ...emptyView,
  contacts: new Map([[friend, { ...stranger(friend, 1), listed: true }]]),
};

const account = (id: number, address: string): Account =>
  new Account(id as AccountId, address as Address, view, firstSequence);

const message = (from: string, time: number): Envelope => ({
  from: from as Address,
  fromLabel: '',
  to: 'romeo@montague.example' as Address,
  toLabel: '',
  kind: 'chat',
  native: { protocol: 'xmpp', payload: () => '' },
  time,
  keep: { archive: true, pending: true },
  copies: true,
  columns: {},
});

it('a stranger may leave so many for each recipient, and as many again the next day', () => {
  const strangers = new Strangers(2);
  const [romeo, mercutio] = [account(1, 'romeo@montague.example'), account(2, 'mercutio@montague.example')];
  const left = (to: Account, from: string, time = 0): boolean => strangers.mayLeave(message(from, time), to);
  expect([left(romeo, 'x@y.example'), left(romeo, 'x@y.example'), left(romeo, 'x@y.example')]).toEqual([
    true,
    true,
    false,
  ]);
  expect([left(mercutio, 'x@y.example'), left(romeo, 'z@y.example')]).toEqual([true, true]);
  expect(left(romeo, 'x@y.example', 86_400_000)).toBe(true);
});

it('contacts and oneself are no strangers', () => {
  const strangers = new Strangers(0);
  const romeo = account(1, 'romeo@montague.example');
  const left = (from: string): boolean => strangers.mayLeave(message(from, 0), romeo);
  expect([left(friend), left(romeo.address), left('x@y.example')]).toEqual([true, true, false]);
});
