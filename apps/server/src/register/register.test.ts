// The register is what the code says: the files are current, each specification stands there once, and the XML is well-formed.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDocument } from '@parlance/xml/document';
import { expect, test } from 'vitest';
import { doap } from './doap.ts';
import { registerFiles } from './files.ts';
import { registerLines } from './lines.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

test('the written files are current (npm run register)', () => {
  for (const [path, text] of registerFiles()) expect(readFileSync(root + path, 'utf8')).toBe(text);
});

test('each specification has one line, in order', () => {
  const specifications = registerLines().map(({ specification }) => specification);
  expect(new Set(specifications).size).toBe(specifications.length);
  expect(specifications).toEqual([...specifications].sort());
});

test('the description names what the server supports, and not what only passes through it', () => {
  const text = doap([
    { specification: 'XEP-0030', title: 'Service Discovery', version: '2.5.0', status: 'complete', note: 'a < b' },
    { specification: 'XEP-0085', title: 'Chat State Notifications', version: '2.1', status: 'untouched', note: '' },
  ]);
  const project = parseDocument(text.slice(text.indexOf('<rdf:RDF'))).elements()[0];
  const supported = project?.elements().filter(({ name }) => name === 'implements') ?? [];
  expect(supported).toHaveLength(1);
  expect(
    supported[0]
      ?.elements()[0]
      ?.elements()
      .map((child) => child.text()),
  ).toEqual(['', 'complete', '2.5.0', 'a < b']);
});
