// Parameters behind a semicolon: of headers, of addresses, of Via (RFC 3261 §7.3.1, generic-param in §25.1).
import { isAll, isDigit, isLoose } from './characters.ts';
import { type Cursor, unquote } from './cursor.ts';

/** One parameter. The value stands as on the wire, a quoted string with its quotes; undefined when there is no equals sign. */
export interface Parameter {
  readonly name: string;
  readonly value: string | undefined;
}

export type Parameters = readonly Parameter[];

/** Parameters of one value at most. */
const most = 64;

const none: Parameters = [];

/** Reads `*(SEMI generic-param)`. A name that comes twice is an error: proxies would read different ones. */
export const readParameters = (cursor: Cursor): Parameters => {
  if (cursor.ended) return none;
  const found: Parameter[] = [];
  while (cursor.sign(';')) {
    const name = cursor.token();
    addParameter(found, { name, value: cursor.sign('=') ? readValue(cursor) : undefined }, cursor);
  }
  return found;
};

const readValue = (cursor: Cursor): string =>
  cursor.text[cursor.at] === '"' ? cursor.quoted() : cursor.run(isLoose) || cursor.fail();

/** Adds a parameter that was read, unless it is there already or there are too many. */
export const addParameter = (found: Parameter[], each: Parameter, cursor: Cursor): void => {
  if (found.length === most || parameter(found, each.name) !== undefined) cursor.fail();
  found.push(each);
};

/** The parameter of this name, compared without case. */
export const parameter = (parameters: Parameters, name: string): Parameter | undefined => {
  for (const each of parameters) if (sameName(each.name, name)) return each;
  return undefined;
};

const sameName = (one: string, other: string): boolean =>
  one === other || (one.length === other.length && one.toLowerCase() === other.toLowerCase());

/** What a parameter says: '' when it is there without a value, undefined when it is not there. */
export const parameterOf = (parameters: Parameters, name: string): string | undefined => {
  const found = parameter(parameters, name);
  return found && unquote(found.value ?? '');
};

/** What a parameter says as whole number, e.g. seconds; undefined when it says none. Larger than 32 bits is the largest. */
export const numberOf = (parameters: Parameters, name: string): number | undefined => {
  const text = parameterOf(parameters, name) ?? '';
  return isAll(text, isDigit) ? Math.min(Number(text), 2 ** 32 - 1) : undefined;
};

/** The same with one parameter set; it keeps its place, or comes last. */
export const withParameter = (parameters: Parameters, name: string, value: string | undefined): Parameters =>
  parameter(parameters, name) === undefined
    ? [...parameters, { name, value }]
    : parameters.map((each) => (sameName(each.name, name) ? { name: each.name, value } : each));

export const withoutParameter = (parameters: Parameters, name: string): Parameters =>
  parameters.filter((each) => !sameName(each.name, name));

export const writeParameters = (parameters: Parameters): string => {
  let text = '';
  for (const { name, value } of parameters) text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
};
