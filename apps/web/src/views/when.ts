// Moments in words, as the reader's language writes them.

const dayOf = (ms: number): number => {
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
};

/** Midnight-to-midnight days between two moments, in the reader's time zone. */
export const daysBetween = (earlier: number, later: number): number =>
  Math.round((dayOf(later) - dayOf(earlier)) / 86_400_000);

const format = (language: string, options: Intl.DateTimeFormatOptions, ms: number): string =>
  new Intl.DateTimeFormat(language, options).format(ms);

/** `14:05`. */
export const clockTime = (ms: number, language: string): string =>
  format(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, ms);

/** `Tuesday, 24 November`, with the year when it is another. */
export const dayName = (ms: number, now: number, language: string): string => {
  const sameYear = new Date(ms).getFullYear() === new Date(now).getFullYear();
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  return format(language, sameYear ? options : { ...options, year: 'numeric' }, ms);
};

/** For a list: the time today, the weekday this week, else the date. */
export const shortWhen = (ms: number, now: number, language: string): string => {
  const days = daysBetween(ms, now);
  if (days <= 0) return clockTime(ms, language);
  if (days < 7) return format(language, { weekday: 'short' }, ms);
  return format(language, { day: 'numeric', month: 'numeric', year: '2-digit' }, ms);
};

/** For "last seen": `5 minutes ago`, `yesterday`. */
export const agoWhen = (ms: number, now: number, language: string): string => {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const minutes = Math.round((now - ms) / 60_000);
  if (minutes < 60) return words.format(-Math.max(1, minutes), 'minute');
  if (minutes < 24 * 60 && daysBetween(ms, now) === 0) return words.format(-Math.round(minutes / 60), 'hour');
  return words.format(-daysBetween(ms, now), 'day');
};
