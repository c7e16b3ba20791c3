// XEP-0191 §6: JID matching.
import { expect, test } from 'vitest';
import { emptyView } from './account.ts';
import { isBlocked } from './blocking.ts';
import type { Address } from './ids.ts';

const owner = (...patterns: string[]): Parameters<typeof isBlocked>[0] => ({
  address: 'juliet@capulet.example' as Address,
  view: { ...emptyView, blocked: new Set(patterns) },
});

test('a full JID blocks only that resource', () => {
  const juliet = owner('romeo@montague.example/orchard');
  expect(isBlocked(juliet, 'romeo@montague.example', 'orchard')).toBe(true);
  expect(isBlocked(juliet, 'romeo@montague.example', 'home')).toBe(false);
  expect(isBlocked(juliet, 'romeo@montague.example', '')).toBe(false);
});

test('a bare JID blocks every resource of that account and nobody else', () => {
  const juliet = owner('romeo@montague.example');
  expect(isBlocked(juliet, 'romeo@montague.example', 'orchard')).toBe(true);
  expect(isBlocked(juliet, 'romeo@montague.example', '')).toBe(true);
  expect(isBlocked(juliet, 'benvolio@montague.example', '')).toBe(false);
});

test('a domain with a resource blocks only that resource of the domain itself', () => {
  const juliet = owner('montague.example/announce');
  expect(isBlocked(juliet, 'montague.example', 'announce')).toBe(true);
  expect(isBlocked(juliet, 'romeo@montague.example', 'announce')).toBe(false);
  expect(isBlocked(juliet, 'montague.example', '')).toBe(false);
});

test('a domain blocks itself, its resources and its users, not its subdomains', () => {
  const juliet = owner('montague.example');
  expect(isBlocked(juliet, 'montague.example', '')).toBe(true);
  expect(isBlocked(juliet, 'montague.example', 'announce')).toBe(true);
  expect(isBlocked(juliet, 'romeo@montague.example', 'orchard')).toBe(true);
  expect(isBlocked(juliet, 'romeo@muc.montague.example', '')).toBe(false);
});

test("one's own sessions are never blocked (XEP-0191 §5)", () => {
  const juliet = owner('capulet.example', 'juliet@capulet.example');
  expect(isBlocked(juliet, 'juliet@capulet.example', 'chamber')).toBe(false);
  expect(isBlocked(juliet, 'nurse@capulet.example', '')).toBe(true);
});
