// Pauses of the garbage collector as `node --trace-gc` writes them: how many of each kind, and how long.

export interface Pauses {
  readonly kind: string;
  readonly count: number;
  /** Milliseconds. */
  readonly total: number;
  readonly longest: number;
}

const line = /^\[\d+:\w+\]\s+\d+ ms: (Scavenge|Mark-Compact)[^>]*-> [^,]*MB, (\d+(?:\.\d+)?) \/ /gm;

/** All threads of the process together. */
export const readPauses = (log: string): readonly Pauses[] => {
  const times = new Map<string, number[]>();
  for (const [, kind = '', milliseconds] of log.matchAll(line))
    times.set(kind, [...(times.get(kind) ?? []), Number(milliseconds)]);
  return [...times].map(([kind, list]) => ({
    kind,
    count: list.length,
    total: list.reduce((sum, each) => sum + each, 0),
    longest: Math.max(...list),
  }));
};
