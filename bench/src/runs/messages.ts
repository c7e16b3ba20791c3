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

/** `before`: messages of the warm-up. */
const talk = async <T>(setting: PairsSetting, measure: (pairs: Pairs, before: number) => Promise<T>): Promise<T> => {
  const pairs = new Pairs(setting);
  try {
    await pairs.open();
    pairs.start();
    const { messages } = await pairs.watch(warmUp);
    return await measure(pairs, messages);
  } finally {
    pairs.close();
  }
};

/** Everybody talks as fast as messages arrive. */
export const measureCapacity = (
  running: Running,
  setting: PairsSetting,
  seconds: number,
): Promise<Pick<MessageFigures, 'perSecond' | 'perCpuSecond'>> =>
  talk(setting, async (pairs) => {
    const before = cpuSeconds(running.pids());
    const { messages, seconds: elapsed } = await pairs.watch(seconds);
    return { perSecond: messages / elapsed, perCpuSecond: messages / (cpuSeconds(running.pids()) - before) };
  });

export interface LatencyFigures {
  /** All that passed, those of the warm-up too. */
  readonly messages: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Everybody together says `rate` messages a second. */
export const measureLatency = (setting: PairsSetting, rate: number, seconds: number): Promise<LatencyFigures> =>
  talk({ ...setting, rate }, async (pairs, before) => {
    const { messages, latencies } = await pairs.watch(seconds);
    return { messages: before + messages, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  });

export const measureMessages = async (
  running: Running,
  setting: PairsSetting,
  seconds: number,
): Promise<MessageFigures> => {
  const full = await measureCapacity(running, setting, seconds);
  const halfRate = full.perSecond / 2;
  const { p50, p99 } = await measureLatency(setting, halfRate, seconds);
  return { ...full, halfRate, p50, p99 };
};
