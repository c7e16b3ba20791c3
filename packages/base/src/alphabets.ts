// Letters that are taken for those of another alphabet, and names that mix such alphabets (UTS #39 §5.2).

/** Alphabets whose letters are taken for each other's. */
const alphabets = ['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Coptic', 'Cherokee', 'Lisu'].map(
  (script) => new RegExp(`\\p{Script=${script}}`, 'u'),
);

/** Whether a name has letters of two such alphabets, as names in no language have: `rоmeo` with a Cyrillic о does. */
export const mixesAlphabets = (name: string): boolean => alphabets.filter((alphabet) => alphabet.test(name)).length > 1;
