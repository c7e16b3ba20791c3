// Maps keyed by what peers say: copied on change, and the oldest keys give way.

/** A copy with the entry newest; at most `limit` entries. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V, limit: number): ReadonlyMap<K, V> => {
  const copy = new Map(map);
  copy.delete(key);
  copy.set(key, value);
  for (const oldest of copy.keys()) {
    if (copy.size <= limit) break;
    copy.delete(oldest);
  }
  return copy;
};

/** A copy without the entry; the same map when it has none. */
export const withoutEntry = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> => {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
};
