// `npm run register`: writes the register of specifications and the project's description from what the extensions say of themselves.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { registerFiles } from '../apps/server/dist/register/files.js';
import { root } from './house/workspaces.mjs';

for (const [path, text] of registerFiles()) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  process.stdout.write(`${path}\n`);
}
