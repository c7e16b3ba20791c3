// Types of unhomoglyph, whose own do not fit ES modules.
declare module 'unhomoglyph' {
  /** Each character as the prototype of those that look like it (UTS #39 §4, confusables.txt). */
  const unhomoglyph: (text: string) => string;
  export = unhomoglyph;
}
