// The register as a page for people: docs/protocols/register.md.
import type { RegisterLine } from './lines.ts';

const words: Readonly<Record<RegisterLine['status'], readonly [status: string, work: string]>> = {
  complete: ['complete', 'server'],
  partial: ['in part', 'server'],
  untouched: ['passes untouched', 'clients'],
};

const link = (specification: string): string => {
  const [kind = '', number = ''] = specification.split(/[ -]/);
  if (kind === 'RFC') return `[${specification}](https://www.rfc-editor.org/rfc/rfc${number}.html)`;
  return `[${specification}](https://xmpp.org/extensions/xep-${number}.html)`;
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const opening = `# Supported specifications

Written by \`npm run register\` from what the server's extensions say of themselves; do not edit. "Server": this server does what the
specification asks of servers. "Passes untouched": the specification is a matter between clients; the server carries, archives and
copies it as it is, without knowing it.
`;

export const registerPage = (lines: readonly RegisterLine[]): string => {
  const rows = lines.map(({ specification, title, version, status, note }) =>
    row([link(specification), title, version, ...words[status], note]),
  );
  const head = [
    row(['specification', 'title', 'version', 'status', 'who does the work', 'note']),
    row(Array.from({ length: 6 }, () => '---')),
  ];
  return `${opening}\n${[...head, ...rows].join('\n')}\n`;
};
