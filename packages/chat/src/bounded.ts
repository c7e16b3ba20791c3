// Maps keyed by what peers say: copied on change, and the oldest keys give way.

/** A copy with the entry newest; at most `limit` entries. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V, limit: number): ReadonlyMap<K, V> => {
  const entries = [...map].filter(([other]) => other !== key);
  return new Map([...entries.slice(Math.max(0, entries.length + 1 - limit)), [key, value]]);
};

/** A copy without the entry; the same map when it has none. */
export const withoutEntry = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
};
