// A server that is killed at random moments keeps its promises: acknowledged means in both archives once, and heard (DESIGN §2).
import { expect, it } from 'vitest';
import { writeRecord } from '../record.ts';
import { killRun } from './kill-run.ts';

/** `npm run endurance` asks for many. */
const kills = Number(process.env['PARLANCE_KILLS'] ?? 3);

it(`keeps every promise through ${kills} kills`, { timeout: 60_000 + kills * 15_000 }, async () => {
  const report = await killRun({
    kills,
    longest: 600,
    progress: (kill) => {
      if (kills > 10 && kill % 10 === 0) process.stderr.write(`${kill} of ${kills} kills\n`);
    },
  });
  if (kills > 10)
    writeRecord('kills', `${kills} kills under load`, 'npm run endurance', {
      ...report,
      lost: report.lost.length,
      doubled: report.doubled.length,
      unheard: report.unheard.length,
      torn: report.torn.length,
      errors: report.errors.length,
    });
  expect(report.acknowledged).toBeGreaterThan(kills);
  expect(report).toMatchObject({ lost: [], doubled: [], unheard: [], torn: [], errors: [] });
});
