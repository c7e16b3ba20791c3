// Contextual rules: where code points stand that are allowed in some places only (RFC 5892 appendix A).
import { joinersFit } from '../idna.ts';

const absent =
  (set: RegExp) =>
  (text: string): boolean =>
    !set.test(text);

const arabicDigits = /[\u0660-\u0669]/u;
const extendedArabicDigits = /[\u06F0-\u06F9]/u;

const rules: readonly ((text: string) => boolean)[] = [
  (text) => !/\p{Join_Control}/u.test(text) || joinersFit(text), // A.1, A.2; joining types are no property of the engine
  absent(/(?<!l)\u00B7|\u00B7(?!l)/u), // A.3
  absent(/\u0375(?!\p{Script=Greek})/u), // A.4
  absent(/(?<!\p{Script=Hebrew})[\u05F3\u05F4]/u), // A.5, A.6
  (text) => !text.includes('\u30FB') || /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text), // A.7
  (text) => !(arabicDigits.test(text) && extendedArabicDigits.test(text)), // A.8, A.9
];

/** Whether every code point of the text that needs a context has it. */
export const contextFits = (text: string): boolean => rules.every((rule) => rule(text));
