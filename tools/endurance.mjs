// `npm run endurance [-- --kills N] [-- --minutes N]`: the long forms of the kill test, the fsync proof and the soak; records in bench/results/.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './house/workspaces.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    messages: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '10' },
  },
});

const parts = [
  ['scenarios/durability', { PARLANCE_FSYNC_MESSAGES: values.messages }],
  ['scenarios/soak', { PARLANCE_SOAK_MINUTES: values.minutes }],
  ['scenarios/kill', { PARLANCE_KILLS: values.kills }],
  ['scenarios/sip/kill', { PARLANCE_KILLS: values.kills }],
];

const passed = parts.map(([filter, environment]) => {
  const run = ['node_modules/vitest/vitest.mjs', 'run', filter];
  return spawnSync(process.execPath, run, { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment } })
    .status;
});

process.exitCode = passed.every((status) => status === 0) ? 0 : 1;
