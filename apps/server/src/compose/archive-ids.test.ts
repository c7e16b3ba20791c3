// Archive ids come back, are nobody else's, and say nothing about their order.
import { randomBytes } from 'node:crypto';
import type { AccountId, Sequence } from '@parlance/core/ids';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyedArchiveIds } from './archive-ids.ts';

const account = (id: number): { id: AccountId } => ({ id: id as AccountId });
const sequences = fc.nat({ max: Number.MAX_SAFE_INTEGER }).map((n) => n as Sequence);
const ids = new KeyedArchiveIds(randomBytes(16));

it('come back for their account and for no other', () => {
  fc.assert(
    fc.property(fc.nat(), sequences, (number, sequence) => {
      const id = ids.seal(account(number), sequence);
      expect(id).toHaveLength(22);
      expect(ids.open(account(number), id)).toBe(sequence);
      expect(ids.open(account(number + 1), id)).toBeUndefined();
    }),
  );
});

it('of another key or of nobody are refused', () => {
  const foreign = new KeyedArchiveIds(randomBytes(16)).seal(account(1), 7 as Sequence);
  for (const id of [foreign, '', 'x', '../../../etc/passwd..', 'AAAAAAAAAAAAAAAAAAAAAB', 'é'.repeat(22)])
    expect(ids.open(account(1), id)).toBeUndefined();
});
