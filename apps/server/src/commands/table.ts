// Tables for people at a terminal: columns as wide as their widest cell, Chinese characters counted as two.

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Control characters would let a peer's text rule the terminal. */
const visible = (cell: string): string => cell.replaceAll(/\p{Cc}/gu, '\ufffd');

const width = (cell: string): number => cell.length + (cell.match(wide)?.length ?? 0);

/** The lines of a table; its first row is the heading. Nothing stands behind the last cell of a line. */
export const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const clean = rows.map((row) => row.map(visible));
  const widths = (clean[0] ?? []).map((_, column) => Math.max(...clean.map((row) => width(row[column] ?? ''))));
  return clean.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd(),
  );
};

/** A time for people: local, to the second. */
export const moment = (ms: number): string => {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
};

/** An endpoint for people: `[::1]:5222`. */
export const endpoint = ({ address, port }: { readonly address: string; readonly port: number }): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;
