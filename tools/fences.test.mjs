// The fences hold: a house with one violation of each kind has each reported, and this house has none.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { violations } from './fences/all.mjs';
import { root } from './house/workspaces.mjs';

let base;

const write = (path, text) => {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), typeof text === 'string' ? text : JSON.stringify(text));
};

/** Lays a package that obeys: its dependencies are declared, referenced and imported. */
const lay = (dir, name, uses = []) => {
  const dependencies = Object.fromEntries(uses.map((used) => [`@parlance/${used}`, '0.1.0']));
  write(`${dir}/package.json`, { name, dependencies });
  write(`${dir}/tsconfig.json`, { references: uses.map((used) => ({ path: `../${used}` })) });
  const imports = uses.map((used) => `import '@parlance/${used}/index';\n`);
  write(`${dir}/src/index.ts`, `// A room.\n${imports.join('')}`);
  write(`${dir}/src/main.ts`, "// Its entry.\nimport './index.ts';\n");
};

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'parlance-fences-'));
  write('package.json', { workspaces: ['packages/*', 'apps/*'] });
  const dirs = ['base', 'xml', 'core', 'storage', 'xmpp-server', 'sip-server'].map((name) => `packages/${name}`);
  write('tsconfig.json', { references: [...dirs, 'apps/server'].map((path) => ({ path })) });
  lay('packages/base', '@parlance/base');
  lay('packages/xml', '@parlance/xml', ['base']);
  lay('packages/core', '@parlance/core', ['base']);
  lay('packages/storage', '@parlance/storage', ['core']);
  lay('packages/xmpp-server', '@parlance/xmpp-server', ['core']);
  lay('packages/sip-server', '@parlance/sip-server', ['core']);
  lay('apps/server', 'parlance-im');
});
afterEach(() => rmSync(base, { recursive: true }));

const sip = 'packages/sip-server/src/a.ts';
const core = 'packages/core/src/a.ts';

/** Kind of violation, file, its second line, what the report must say. */
const planted = [
  ['the lowest room imports', 'packages/base/src/a.ts', "import '@parlance/xml/a';", 'may not import @parlance/xml'],
  ['adapters are no strangers', sip, "import '@parlance/xmpp-server/a';", 'may not import @parlance/xmpp-server'],
  ['a type alone', core, "export type { A } from '@parlance/xml/a';", 'may not import @parlance/xml'],
  ['an import type', core, "export type A = import('@parlance/xml/a').A;", 'may not import @parlance/xml'],
  ['a late import', core, "await import('@parlance/xml/a');", 'may not import @parlance/xml'],
  ['a package constructs the store', sip, "import '@parlance/storage/a';", 'may not import @parlance/storage'],
  ['a package imports an app', sip, "import 'parlance-im/main';", 'apps construct'],
  ['a package that is none', core, "import '@parlance/tools/a';", 'no package of this house'],
  ['itself by name', core, "import '@parlance/core/index';", 'write a relative path'],
  ['a way round the names', core, "import '../../base/src/index.ts';", 'leaves the package'],
  [
    'an extension imports another',
    'packages/xmpp-server/src/ext/xep-0280.carbons.ts',
    "import './xep-0313.archive.ts';",
    'extension xep-0280 imports extension xep-0313',
  ],
  ['a platform module', core, "import 'node:fs';", 'imports node:fs'],
  ['a platform module by its old name', core, "import 'fs';", 'imports fs'],
  ['an unlisted npm package', core, "import 'kysely';", 'not listed for this package'],
  ['a platform global', core, 'setTimeout(() => undefined, 1);', 'uses setTimeout'],
  ['a platform type', core, 'export type A = Buffer;', 'uses Buffer'],
  ['the clock', core, 'export const now = Date.now();', 'take the Clock port'],
  ['the clock as an object', core, 'export const now = new Date();', 'take the Clock port'],
  ['chance (checklist 19)', core, 'export const id = Math.random();', 'take the Random port'],
  [
    'a secret compared (checklist 15)',
    sip,
    'export const a = (b: A, proof: string) => b.#storedKey !== proof;',
    'compares a secret',
  ],
  [
    'a secret by its bytes (checklist 15)',
    sip,
    'export const a = (token: A, b: A) => token.equals(b);',
    'compares a secret',
  ],
];

describe('fences', () => {
  it('let a house pass that keeps them', () => {
    write('packages/xmpp-server/src/ext/xep-0280.carbons.ts', '// Extension.\n');
    write('packages/xmpp-server/src/ext/xep-0280.carbons.test.ts', "// Test.\nimport './xep-0280.carbons.ts';\n");
    write(
      'packages/core/src/a.test.ts',
      "// Test.\nimport './a.ts';\nimport 'node:fs';\nimport '@parlance/storage/index';\n",
    );
    write(core, '// A.\nexport const a = (crypto: { process: 1 }) => [crypto.process, new Date(0)];\n');
    write(sip, "// A.\nimport './b.ts';\nexport const a = (token?: string) => token === undefined || token === '';\n");
    write(
      'packages/sip-server/src/b.ts',
      "// B.\nimport './a.ts';\nexport const b = (secrets: A, c: A) => secrets === c;\n",
    );
    expect(violations(base)).toEqual([]);
  });

  it.each(planted)('report %s', (_kind, file, line, says) => {
    write(file, `// A planted violation.\n${line}\n`);
    expect(violations(base)).toContainEqual(expect.stringMatching(new RegExp(`^${file}:2: .*${says}`)));
  });

  it('report a file that does not say what it is', () => {
    write(core, 'export const a = 1;\n');
    expect(violations(base)).toContainEqual(expect.stringMatching(`^${core}:1: begin with a comment`));
  });

  it('report a file that nobody imports, but not one that is started', () => {
    write(core, '// Nobody wants me.\n');
    write('packages/storage/src/worker.ts', '// A worker.\n');
    const start = "new Worker(new URL('./worker.js', import.meta.url));";
    write('packages/storage/src/main.ts', `// Starts it.\nimport './index.ts';\n${start}\n`);
    expect(violations(base)).toEqual([expect.stringMatching(`^${core}:1: nobody imports this file`)]);
  });

  it('report a folder that the table does not know', () => {
    lay('packages/misc', '@parlance/misc');
    expect(violations(base)).toContainEqual(expect.stringMatching('^packages/misc: is not in tools/fences/table.mjs'));
  });

  it('report a pure package whose compiler knows a platform', () => {
    write('packages/core/tsconfig.json', { compilerOptions: { types: ['node'] }, references: [{ path: '../base' }] });
    expect(violations(base)).toEqual([expect.stringMatching('^packages/core/tsconfig.json: sets types')]);
  });
});

describe('manifests', () => {
  it('declare what is imported', () => {
    write('packages/core/package.json', { name: '@parlance/core' });
    expect(violations(base)).toEqual([
      expect.stringMatching('^packages/core/package.json: imports @parlance/base without declaring it'),
      expect.stringMatching('^packages/core/tsconfig.json: remove the reference to packages/base'),
    ]);
  });

  it('declare nothing else, and refer to what they declare', () => {
    write('packages/base/package.json', { name: '@parlance/base', dependencies: { '@parlance/xml': '0.1.0' } });
    expect(violations(base)).toEqual([
      expect.stringMatching('^packages/base/package.json: declares @parlance/xml without importing it'),
      expect.stringMatching('^packages/base/tsconfig.json: add a reference to packages/xml'),
    ]);
  });

  it('are all built', () => {
    write('tsconfig.json', { references: [{ path: 'packages/gone' }] });
    const found = violations(base).filter((sentence) => sentence.startsWith('tsconfig.json: '));
    expect(found).toContain('tsconfig.json: add a reference to packages/core, it has sources.');
    expect(found).toContain('tsconfig.json: remove the reference to packages/gone, it has no sources.');
  });
});

it('this house keeps them all', () => expect(violations(root)).toEqual([]));
