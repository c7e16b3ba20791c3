// Fence: pure packages use the language and the text coders only; time, chance, hashing and sockets come through ports.
import { isBuiltin } from 'node:module';
import { packageOf } from './house.mjs';
import { platformGlobals } from './table.mjs';

const impureImport = ({ room }, { specifier }) => {
  if (specifier.startsWith('.') || specifier.startsWith('@parlance/')) return undefined;
  if (isBuiltin(specifier)) return `imports ${specifier}; a pure package has no platform. Take a port.`;
  if (room.npm?.includes(packageOf(specifier))) return undefined;
  return `imports ${specifier}, which is not listed for this package in tools/fences/table.mjs.`;
};

const isClock = (node) => {
  if (node.type === 'NewExpression') return node.callee.name === 'Date' && node.arguments.length === 0;
  if (node.type === 'CallExpression') return node.callee.name === 'Date';
  return node.type === 'MemberExpression' && node.object.name === 'Date' && node.property.name === 'now';
};

const isChance = (node) =>
  node.type === 'MemberExpression' && node.object.name === 'Math' && node.property.name === 'random';

const impureUses = (source) => [
  ...source
    .uses()
    .filter(({ name }) => platformGlobals.has(name))
    .map(({ name, offset }) => [offset, `uses ${name}; a pure package has no platform. Take a port.`]),
  ...source.nodes().flatMap(([node]) => {
    if (isClock(node)) return [[node.start, 'reads the clock; take the Clock port.']];
    return isChance(node) ? [[node.start, 'takes chance from the language; take the Random port.']] : [];
  }),
];

const impureSettings = ({ dir, tsconfig }) =>
  ['types', 'lib']
    .filter((option) => tsconfig?.compilerOptions?.[option] !== undefined)
    .map(
      (option) => `${dir}/tsconfig.json: sets ${option}; remove it, the compiler guards purity by knowing no platform.`,
    );

const impuritiesOf = (workspace, source) => {
  const imports = source.imports.map((one) => [one.line, impureImport(workspace, one)]);
  const uses = impureUses(source).map(([offset, sentence]) => [source.lineAt(offset), sentence]);
  return [...imports, ...uses]
    .filter(([, sentence]) => sentence !== undefined)
    .map(([line, sentence]) => `${source.file}:${line}: ${sentence}`);
};

/** What pure packages take from a platform, as sentences; their tests may. */
export const impurities = (house) =>
  house
    .filter(({ room }) => room?.pure)
    .flatMap((workspace) => [
      ...impureSettings(workspace),
      ...workspace.sources.filter(({ test }) => !test).flatMap((source) => impuritiesOf(workspace, source)),
    ]);
