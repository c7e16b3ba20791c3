// Fence: secrets are compared through the Crypto port, in time that tells nothing of them (SECURITY-CHECKLIST 15).

const comparisons = new Set(['==', '===', '!=', '!==']);

/** Last words of names that stand for something whose bytes nobody may guess one by one. */
const secret =
  /(?:^|[a-z_])(?:[sS]ecret|[tT]oken|[pP]roof|[vV]erifier|[dD]igest|[sS]ignature|[pP]assword|[mM]ac|[nN]once|[sS]toredKey|[sS]erverKey|[cC]lientKey|[pP]revid)$/;

/** The last name of an expression: `key` of `a.b.key`, `#key` and `key` alike. */
const nameOf = (node) => {
  if (node.type === 'MemberExpression') return node.computed ? '' : node.property.name;
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression') return nameOf(node.expression);
  return node.name ?? '';
};

const isSecret = (node) => secret.test(nameOf(node));

/** Whether it is there at all is no secret. */
const isConstant = (node) =>
  node.type === 'Literal' ||
  node.name === 'undefined' ||
  (node.type === 'UnaryExpression' && node.operator === 'typeof');

const isComparison = (node) => {
  if (node.type === 'BinaryExpression') {
    const sides = [node.left, node.right];
    return comparisons.has(node.operator) && sides.some(isSecret) && !sides.some(isConstant);
  }
  return node.type === 'CallExpression' && nameOf(node.callee) === 'equals' && isSecret(node.callee.object);
};

/** What compares a secret with the language's own means, as sentences; tests may. */
export const openComparisons = (house) =>
  house
    .flatMap(({ sources }) => sources)
    .filter(({ test, text }) => !test && /[=!]==?|\.equals\(/.test(text))
    .flatMap((source) =>
      source
        .nodes()
        .filter(([node]) => isComparison(node))
        .map(
          ([node]) =>
            `${source.file}:${source.lineAt(node.start)}: compares a secret in time that tells of it; use the Crypto port's equal.`,
        ),
    );
