// Which of the known words a mistyped one was meant to be.

/** Edits (insert, delete, replace) between two words. Both are configuration keys: short. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [index, letter] of one.split('').entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
};

/** The known word that takes the fewest edits, letter case aside; the first of equals. Words beyond 64 letters are cut. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const typed = word.slice(0, 64).toLowerCase();
  const ranked = known.map((candidate) => ({ candidate, edits: distance(typed, candidate.toLowerCase()) }));
  return ranked.sort((a, b) => a.edits - b.edits)[0]?.candidate;
};
