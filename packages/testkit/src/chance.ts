// Chance for tests that are to go the same way each time.

/** A fixed sequence of numbers that looks like none: each from 0 up to what it is asked for, without it. */
export const chanceOf = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
};
