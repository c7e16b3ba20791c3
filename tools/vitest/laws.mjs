// Long runs of every law (`npm run fuzz`): each gets its seconds instead of its number of runs; what it did goes into a file.
import { appendFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';

const { PARLANCE_LAW_SECONDS: seconds, PARLANCE_LAW_FILE: file, PARLANCE_SEED: seed } = process.env;

const report = (details) => {
  const { currentTestName: law } = expect.getState();
  appendFileSync(
    file,
    `${JSON.stringify({ law, runs: details.numRuns, seed: details.seed, failed: details.failed })}\n`,
  );
  if (details.failed && !details.interrupted) throw new Error(fc.defaultReportMessage(details));
};

if (seconds !== undefined && file !== undefined) {
  fc.configureGlobal({
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: Number(seconds) * 1000,
    reporter: report,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  });
}
