// The files that are written from the register, by their path in the repository.
import { doap } from './doap.ts';
import { registerLines } from './lines.ts';
import { registerPage } from './markdown.ts';

export const registerFiles = (): ReadonlyMap<string, string> => {
  const lines = registerLines();
  return new Map([
    ['docs/protocols/register.md', registerPage(lines)],
    ['doap.xml', doap(lines)],
  ]);
};
