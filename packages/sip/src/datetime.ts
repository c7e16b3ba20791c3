// Date and time in documents and in Message/CPIM (RFC 3339 §5.6; RFC 3863 §4.1.7; RFC 3862 §4.4).

/** Milliseconds since 1970 in UTC, with capital T and Z; written without a fraction when there is none. */
export const writeDateTime = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const pattern = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Milliseconds since 1970; undefined for anything but a date-time with its zone. Fractions beyond milliseconds are cut. */
export const readDateTime = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (!pattern.test(trimmed)) return undefined;
  const time = Date.parse(trimmed.replace(' ', 'T').toUpperCase());
  return Number.isNaN(time) ? undefined : time;
};
