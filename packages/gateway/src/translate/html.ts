// The words of an HTML message: one pass, whatever is in it (RFC 7572 §7; SECURITY-CHECKLIST: nothing of a peer's markup is passed on).

/** Elements whose content nobody sees. */
const hidden = new Set(['script', 'style', 'head', 'title', 'template']);

/** Elements that end a line. */
const lines = new Set(['br', '/p', '/div', '/li', '/tr', '/h1', '/h2', '/h3', '/blockquote']);

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', amp: '&' };

/** What stands between the tags, in lines. Linear in the length of its input. */
export const textOfHtml = (html: string): string => {
  let text = '';
  let inside: string | undefined;
  let end = -1;
  for (let at = 0; at < html.length; ) {
    const open = html.indexOf('<', at);
    const name = open === -1 ? '' : (tagName.exec(html.slice(open, open + 20))?.[1] ?? '').toLowerCase();
    const words = html.slice(at, open === -1 ? undefined : open);
    if (inside === undefined) text += words;
    if (open === -1) break;
    if (name === '') {
      if (inside === undefined) text += '<';
      at = open + 1;
      continue;
    }
    if (end <= open) end = html.indexOf('>', open);
    const close = name === '!--' ? behind(html, '-->', open) : end + 1;
    if (close === 0) break;
    if (inside === undefined) {
      if (lines.has(name)) text += '\n';
      if (hidden.has(name)) inside = name;
    } else if (name === `/${inside}`) inside = undefined;
    at = close;
  }
  return text.replaceAll(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|quot|apos|nbsp|amp));/gi, entity).trim();
};

const tagName = /^<(\/?[a-z][a-z0-9]*|!--|[!?])/i;

/** The place behind a text; 0 when there is none. */
const behind = (html: string, text: string, from: number): number => {
  const found = html.indexOf(text, from);
  return found === -1 ? 0 : found + text.length;
};

const entity = (whole: string, decimal?: string, hex?: string, name?: string): string => {
  if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  // Half a character is none (XML 1.0 §2.2).
  return code > 0 && code < 0x11_0000 && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '';
};
