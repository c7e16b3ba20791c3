// Date and time on the wire (XEP-0082).

/** Milliseconds since 1970 as a UTC DateTime with milliseconds: `2026-11-24T02:31:43.796Z` (§3.2). */
export const formatDateTime = (ms: number): string => new Date(ms).toISOString();

const pattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** A DateTime as milliseconds since 1970; undefined when it is none (§3.2). */
export const parseDateTime = (text: string): number | undefined => {
  if (!pattern.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};
