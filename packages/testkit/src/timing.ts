// How long works take beside each other, measured so that a busy machine disturbs all of them alike (SECURITY-CHECKLIST 15, 16).

/** What a run takes when nobody comes between: interruptions only ever lengthen. */
const lowestDecile = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 10)] ?? Number.NaN;

const timed = async (work: () => unknown): Promise<number> => {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e6;
};

/**
 * Runs the works in turn, each round beginning with the next of them, after one round that warms up: the lowest decile
 * of each in milliseconds.
 */
export const beside = async (rounds: number, works: readonly (() => unknown)[]): Promise<readonly number[]> => {
  const times = works.map((): number[] => []);
  for (let round = 0; round <= rounds; round++)
    for (let turn = 0; turn < works.length; turn++) {
      const index = (round + turn) % works.length;
      const work = works[index];
      const time = work === undefined ? 0 : await timed(work);
      if (round > 0) times[index]?.push(time);
    }
  return times.map(lowestDecile);
};
