// Laws of the lane: order is kept, synchronous work is immediate, a fault stops nothing.
import { describe, expect, it } from 'vitest';
import { Lane } from './lane.ts';

const lane = (): { lane: Lane; faults: unknown[] } => {
  const faults: unknown[] = [];
  return { lane: new Lane((error) => faults.push(error)), faults };
};

describe('Lane', () => {
  it('runs synchronous work at once', () => {
    const seen: number[] = [];
    lane().lane.run(() => void seen.push(1));
    expect(seen).toEqual([1]);
  });

  it('keeps order across waiting work', async () => {
    const { lane: l } = lane();
    const seen: number[] = [];
    let release: () => void = () => undefined;
    l.run(() => new Promise<void>((resolve) => (release = resolve)).then(() => void seen.push(1)));
    l.run(() => void seen.push(2));
    l.run(() => Promise.resolve().then(() => void seen.push(3)));
    l.run(() => void seen.push(4));
    expect(seen).toEqual([]);
    release();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(l.busy).toBe(false);
  });

  it('goes on after a fault', async () => {
    const { lane: l, faults } = lane();
    const seen: number[] = [];
    l.run(() => Promise.reject(new Error('a')));
    l.run(() => {
      throw new Error('b');
    });
    l.run(() => void seen.push(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([1]);
    expect(faults).toHaveLength(2);
  });
});
