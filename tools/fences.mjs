// `node tools/fences.mjs`: prints what climbs over a fence (who imports whom, purity, manifests); exit code 1 if any.
import { violations } from './fences/all.mjs';
import { root } from './house/workspaces.mjs';

const found = violations(root);
for (const sentence of found) process.stdout.write(`${sentence}\n`);
process.exitCode = found.length === 0 ? 0 : 1;
