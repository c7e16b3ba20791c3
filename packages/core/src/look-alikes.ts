// Names that look alike (UTS #39 §4): what a local part looks like, and beside which looks it may not stand.
import unhomoglyph from 'unhomoglyph';

const ignorable = /\p{Default_Ignorable_Code_Point}/gu;
const plain = /^[ -~]*$/;

/** The same for all names that look the same. Not to be shown to anybody. */
const skeletonOf = (local: string): string =>
  unhomoglyph(local.normalize('NFD').replace(ignorable, '')).normalize('NFD');

const ofPlain = (skeleton: string): string => `=${skeleton}`;
const ofOthers = (skeleton: string): string => `~${skeleton}`;

/** What a prepared local part looks like; names of plain ASCII are told from all others. */
export const lookOf = (local: string): string => {
  const skeleton = skeletonOf(local);
  return plain.test(local) ? ofPlain(skeleton) : ofOthers(skeleton);
};

/**
 * The looks beside which a new local part may not stand. Two names of plain ASCII are never compared: people write
 * `paul1` beside `paull` and `modern` beside `modem`, and can see and type what differs.
 */
export const looksBeside = (local: string): readonly string[] => {
  const skeleton = skeletonOf(local);
  return plain.test(local) ? [ofOthers(skeleton)] : [ofOthers(skeleton), ofPlain(skeleton)];
};
