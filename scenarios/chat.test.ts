// The client model on a real server: exactly once over breaks and reloads, the same unread numbers on two devices, one-click contacts.
import type { Account } from '@parlance/chat/account';
import type { Contact } from '@parlance/chat/contacts/contacts';
import { Chat, type ChatOptions, type Remembered } from '@parlance/chat/session/chat';
import { writeRemembered } from '@parlance/chat/session/remembered';
import type { Pages } from '@parlance/chat/storage';
import { memoryStorage } from '@parlance/chat/testing/memory-storage';
import type { Address } from '@parlance/core/ids';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House, password } from './house.ts';
import { Cable } from './web/cable.ts';

/** Every page but this one is gone. */
const newPage = (): Pages => ({ own: systemPlatform.random.token(60), gone: () => Promise.resolve() });

describe('the client model', () => {
  let house: House;
  let cable: Cable;
  const chats: Chat[] = [];
  const romeo = 'romeo@localhost';
  const juliet = 'juliet@localhost';

  const newChat = (storage = memoryStorage(), remember: ChatOptions['remember'] = () => undefined): Chat => {
    const server = { host: '127.0.0.1', port: Number(new URL(cable.url).port) };
    const chat = new Chat({
      platform: systemPlatform,
      transport: tcp({ domain: 'localhost', server, allowPlaintext: true, trust: { verify: false } }),
      storageOf: () => storage,
      pages: newPage(),
      language: 'en',
      remember,
      fault: (error) => house.faults.push(error),
    });
    chats.push(chat);
    return chat;
  };

  const signIn = async (address: string, storage = memoryStorage()): Promise<Account> => {
    const chat = newChat(storage);
    await chat.signIn(address, password);
    await expect.poll(() => chat.session.snapshot().kind).toBe('signed-in');
    const session = chat.session.snapshot();
    if (session.kind !== 'signed-in') throw new Error('not signed in');
    await expect.poll(() => session.account.ready.snapshot()).toBe(true);
    return session.account;
  };

  const texts = (account: Account, peer: string): readonly string[] =>
    account
      .conversation(peer)
      .snapshot()
      .entries.map(({ text }) => text);
  const contact = (account: Account, peer: string): Contact | undefined =>
    account.people.contacts.snapshot().all.get(peer);
  const unread = (account: Account, peer: string): number => account.conversation(peer).snapshot().unread.count;

  /** Views change in the turn after the model. */
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

  beforeAll(async () => {
    house = await House.open();
    cable = await Cable.lay(() => house.port('c2s'));
    await house.people(romeo, juliet, 'nurse@localhost');
  });

  afterAll(async () => {
    await Promise.all(chats.map((chat) => chat.signOut()));
    await cable.close();
    await house.close();
  });

  it('says in one word why a sign-in fails', async () => {
    const chat = newChat();
    for (const [address, secret, failure] of [
      [juliet, 'wrong', 'wrong-password'],
      ['nobody@localhost', password, 'wrong-password'],
      ['@', password, 'wrong-name'],
    ] as const) {
      await chat.signIn(address, secret);
      expect(chat.session.snapshot()).toEqual({ kind: 'signed-out', failure, address: undefined });
    }
  });

  it('goes on after a reload with keys that are not the password, until that is another', async () => {
    const nurse = 'nurse@localhost';
    const kept: (Remembered | undefined)[] = [];
    const remember = (one: Remembered | undefined): void => void kept.push(one);
    await newChat(memoryStorage(), remember).signIn(nurse, password);
    const [remembered] = kept;
    if (remembered === undefined) throw new Error('nothing was kept');
    expect(writeRemembered(remembered)).not.toContain(password);
    cable.pull();
    const reloaded = newChat(memoryStorage(), remember);
    const going = reloaded.goOn(remembered);
    await settled();
    expect(reloaded.session.snapshot()).toEqual({ kind: 'signing-in', remembered: true });
    cable.plugIn();
    reloaded.wake();
    await going;
    expect(reloaded.session.snapshot().kind).toBe('signed-in');
    await reloaded.signOut();
    expect(kept.at(-1)).toBeUndefined();
    expect(await house.running.core.membership.setPassword(nurse as Address, 'another horse')).toBeUndefined();
    await reloaded.goOn(remembered);
    expect(reloaded.session.snapshot()).toEqual({ kind: 'signed-out', failure: 'password-needed', address: nurse });
  });

  it('makes contacts of two people by one request and one answer', async () => {
    const [one, other] = [await signIn(juliet), await signIn(romeo)];
    await one.people.add(romeo, 'Romeo');
    await expect.poll(() => other.people.contacts.snapshot().requests).toEqual([{ address: juliet, note: '' }]);
    other.people.accept(juliet);
    for (const [account, peer] of [
      [one, romeo],
      [other, juliet],
    ] as const)
      await expect.poll(() => contact(account, peer)).toMatchObject({ subscription: 'both', availability: 'online' });
    other.self.setStatus({ availability: 'busy', text: 'In the orchard' });
    await expect.poll(() => contact(one, romeo)).toMatchObject({ availability: 'busy', status: 'In the orchard' });
  });

  it('keeps unread numbers equal on two devices and after a reload', async () => {
    const [one, two, other] = [await signIn(juliet), await signIn(juliet), await signIn(romeo)];
    for (const text of ['one', 'two', 'three']) other.messages.send(juliet, text);
    for (const account of [one, two]) await expect.poll(() => unread(account, romeo)).toBe(3);
    one.messages.read(romeo);
    for (const account of [one, two]) await expect.poll(() => unread(account, romeo), { timeout: 2_000 }).toBe(0);
    const states = (): readonly unknown[] =>
      other
        .conversation(juliet)
        .snapshot()
        .entries.map(({ state }) => state);
    await expect.poll(states).toEqual(['read', 'read', 'read']);
    const later = await signIn(juliet);
    expect(texts(later, romeo)).toEqual(['one', 'two', 'three']);
    expect(unread(later, romeo)).toBe(0);
    const fresh = await signIn(romeo);
    expect(
      fresh
        .conversation(juliet)
        .snapshot()
        .entries.map(({ state }) => state),
    ).toEqual(['read', 'read', 'read']);
  });

  it('carries every word exactly once over breaks, in the order of each writer', async () => {
    const kept = memoryStorage();
    const [one, other] = [await signIn(juliet, kept), await signIn(romeo)];
    const before = texts(one, romeo).length;
    const said: string[] = [];
    for (let n = 0; n < 60; n++) {
      said.push(`word ${n}`);
      expect(one.messages.send(romeo, `word ${n}`)).toBe(true);
      if (n % 15 === 7) {
        cable.pull();
        await new Promise((resolve) => setTimeout(resolve, 50));
        cable.plugIn();
        for (const chat of chats) chat.wake();
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const heard = (account: Account, peer: string): readonly string[] => texts(account, peer).slice(before);
    await expect.poll(() => heard(other, juliet), { timeout: 15_000 }).toEqual(said);
    await expect.poll(() => heard(one, romeo), { timeout: 15_000 }).toEqual(said);
    const later = await signIn(romeo);
    while (!later.conversation(juliet).snapshot().complete) await later.messages.older(juliet).then(settled);
    expect(heard(later, juliet)).toEqual(said);
  }, 60_000);

  it('sends after a reload what was written without a connection, once', async () => {
    const kept = memoryStorage();
    const written = await signIn(juliet, kept);
    cable.pull();
    expect(written.messages.send(romeo, 'written in the dark')).toBe(true);
    await expect
      .poll(() => written.conversation(romeo).snapshot().entries.at(-1))
      .toMatchObject({ text: 'written in the dark', state: 'waiting' });
    // The page is closed: nothing of it is left but what the device keeps.
    await Promise.all(chats.splice(0).map((chat) => chat.signOut()));
    cable.plugIn();
    const again = await signIn(juliet, kept);
    const other = await signIn(romeo);
    const count = (account: Account, peer: string): number =>
      texts(account, peer).filter((text) => text === 'written in the dark').length;
    await expect.poll(() => count(other, juliet)).toBe(1);
    await expect.poll(() => again.conversation(romeo).snapshot().entries.at(-1)?.state).not.toBe('waiting');
    expect(count(again, romeo)).toBe(1);
    expect(count(await signIn(juliet, kept), romeo)).toBe(1);
  }, 40_000);
});
