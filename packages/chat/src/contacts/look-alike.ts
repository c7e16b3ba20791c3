// Names that may be taken for others: letters of alphabets that look alike, side by side (UTS 39, mixed-script detection).

const alphabets = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u];

/** `rоmeo` with a Cyrillic о does; Chinese beside Latin does not. */
export const mixesAlphabets = (text: string): boolean => alphabets.filter((each) => each.test(text)).length > 1;
