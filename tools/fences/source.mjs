// One source file as the fences see it: its imports, and the names it uses without declaring them.
import { readFileSync } from 'node:fs';
import { parseSync, visitorKeys } from 'oxc-parser';

/** Children that hold names, not uses of names, unless the node is computed. */
const namePositions = {
  MemberExpression: 'property',
  Property: 'key',
  PropertyDefinition: 'key',
  AccessorProperty: 'key',
  MethodDefinition: 'key',
  TSPropertySignature: 'key',
  TSMethodSignature: 'key',
  TSQualifiedName: 'right',
};

/** Calls `enter(node, parent)` for every node, parents first; names of properties are left out. */
function walk(node, enter, parent) {
  enter(node, parent);
  for (const key of visitorKeys[node.type] ?? []) {
    if (key === namePositions[node.type] && !node.computed && !node.shorthand) continue;
    for (const child of [node[key]].flat()) if (child) walk(child, enter, node);
  }
}

const isDeclaration = (node, parent) => {
  if (parent === undefined) return false;
  if (/^Import.*Specifier$/.test(parent.type)) return true;
  if (parent.type === 'VariableDeclarator') return parent.id === node;
  if (parent.param === node || parent.params?.includes?.(node)) return true;
  return /Function|Class|TSTypeAlias|TSInterface/.test(parent.type) && parent.id === node;
};

const patternChildren = {
  ObjectPattern: (node) => node.properties.map((property) => property.value ?? property.argument),
  ArrayPattern: (node) => node.elements.filter(Boolean),
  AssignmentPattern: (node) => [node.left],
  RestElement: (node) => [node.argument],
  TSParameterProperty: (node) => [node.parameter],
};

const namesIn = (pattern) =>
  pattern.type === 'Identifier' ? [pattern.name] : (patternChildren[pattern.type]?.(pattern) ?? []).flatMap(namesIn);

/**
 * Reads and parses `file`. Every import, re-export, import() and import type counts, also of types alone.
 * `uses()` gives the free names with their offsets; a name declared anywhere in the file counts as declared
 * everywhere in it, which errs towards silence: the compiler, without platform types, is the exact judge.
 */
export function readSource(file) {
  const text = readFileSync(file, 'utf8');
  const { module, program } = parseSync(file, text);
  const nodes = () => {
    const all = [];
    walk(program, (node, parent) => all.push([node, parent]));
    return all;
  };
  return {
    text,
    lineAt: (offset) => text.slice(0, offset).split('\n').length,
    imports: () => [...staticImports(module), ...(text.includes('import(') ? lateImports(nodes()) : [])],
    nodes,
    uses: () => freeNames(nodes()),
  };
}

const staticImports = (module) =>
  [...module.staticImports, ...module.staticExports.flatMap((exported) => exported.entries)]
    .filter((entry) => entry.moduleRequest)
    .map((entry) => ({ specifier: entry.moduleRequest.value, offset: entry.moduleRequest.start }));

const lateImports = (nodes) =>
  nodes
    .filter(([node]) => node.type === 'ImportExpression' || node.type === 'TSImportType')
    .filter(([node]) => typeof node.source.value === 'string')
    .map(([{ source }]) => ({ specifier: source.value, offset: source.start }));

const freeNames = (nodes) => {
  const declared = new Set(nodes.filter(([node, parent]) => isDeclaration(node, parent)).flatMap(([n]) => namesIn(n)));
  return nodes
    .filter(([node]) => node.type === 'Identifier' && !declared.has(node.name))
    .map(([node]) => ({ name: node.name, offset: node.start }));
};
