// Messages: how many a second of server CPU at full speed, and how long one takes at half of that.
import { Pairs, type PairsSetting } from '../load/pairs.ts';
import { percentile } from '../measure/percentiles.ts';
import { cpuSeconds } from '../measure/process.ts';
import type { Running } from '../subject.ts';

export interface MessageFigures {
  readonly perSecond: number;
  readonly perCpuSecond: number;
  /** Messages a second at which the latencies were taken: half of `perSecond`. */
  readonly halfRate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Seconds of talking before anything is counted. */
const warmUp = 3;

const talk = async <T>(setting: PairsSetting, measure: (pairs: Pairs) => Promise<T>): Promise<T> => {
  const pairs = new Pairs(setting);
  try {
    await pairs.open();
    pairs.start();
    await pairs.watch(warmUp);
    return await measure(pairs);
  } finally {
    pairs.close();
  }
};

export const measureMessages = async (
  running: Running,
  setting: PairsSetting,
  seconds: number,
): Promise<MessageFigures> => {
  const full = await talk(setting, async (pairs) => {
    const before = cpuSeconds(running.pids());
    const { messages, seconds: elapsed } = await pairs.watch(seconds);
    return { perSecond: messages / elapsed, perCpuSecond: messages / (cpuSeconds(running.pids()) - before) };
  });
  const halfRate = full.perSecond / 2;
  const { latencies } = await talk({ ...setting, rate: halfRate }, (pairs) => pairs.watch(seconds));
  return { ...full, halfRate, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};
