// Fence: every source file opens with a comment that says what it is; every folder of the house is in the table.

const opensWithComment = ({ text }) => /^(#!.*\n)?(\/\/ \S|\/\*\*? )/.test(text);

/** Files that open without a comment, as sentences. */
export const silentOpenings = (house) =>
  house
    .flatMap(({ sources }) => sources)
    .filter((source) => !opensWithComment(source))
    .map(({ file }) => `${file}:1: begin with a comment: what this file is, and which specification it obeys.`);

/** Workspaces that the table of rooms does not know, as sentences. */
export const unknownRooms = (house) =>
  house
    .filter(({ room }) => room === undefined)
    .map(({ dir }) => `${dir}: is not in tools/fences/table.mjs; add it there with what it may import.`);
