// `${NAME}` in the configuration file: replaced from the environment, value by value, so that no value can add keys.
import { type Document, isScalar, parseDocument, visit } from 'yaml';

const variable = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** An unquoted value is read again as YAML would read it: `port: ${PORT}` is a number. */
const retyped = (value: string): unknown => {
  const { contents, errors } = parseDocument(value);
  return errors.length === 0 && isScalar(contents) ? contents.value : value;
};

/** Replaces the variables in all values of a document. Answers the name of the first one that is not set. */
export const replaceVariables = (
  document: Document,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  let unset: string | undefined;
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${')) return;
      const replaced = node.value.replaceAll(variable, (whole, name: string) => {
        if (environment[name] === undefined) unset ??= name;
        return environment[name] ?? whole;
      });
      node.value = node.type === 'PLAIN' ? retyped(replaced) : replaced;
    },
  });
  return unset;
};
