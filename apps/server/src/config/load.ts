// Finds, reads and checks the configuration: `--config`, else PARLANCE_CONFIG, else ./parlance.yaml, else nothing but defaults.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { unavailableKey } from './available.ts';
import { type Configuration, toConfiguration } from './configuration.ts';
import { replaceVariables } from './environment.ts';
import { ConfigurationError, dotted, type KeyPath } from './refuse.ts';
import { type FileSettings, fileSchema } from './schema.ts';

export interface ConfigurationRequest {
  /** `--config`. */
  readonly config: string | undefined;
  /** `--data`: goes before the file's `data`. */
  readonly data: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

const locate = ({ config, environment, directory }: ConfigurationRequest): string | undefined => {
  const named = config ?? environment['PARLANCE_CONFIG'];
  if (named !== undefined) return resolve(directory, named);
  const usual = resolve(directory, 'parlance.yaml');
  return existsSync(usual) ? usual : undefined;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new ConfigurationError(`${file}: ${why}`, { cause: error });
  }
};

/** The innermost place of `path` that stands in the file. */
const lineOf = (document: Document, lines: LineCounter, path: KeyPath): number | undefined => {
  for (let depth = path.length; depth > 0; depth--) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
};

interface Issue {
  readonly path: KeyPath;
  readonly message: string;
}

/** What the schema reports; a union says every way in which it failed. */
interface Report extends Issue {
  readonly code?: string | undefined;
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Report[])[];
}

/** The one to tell: an unknown key explains what else is missing; of a union, the way that came nearest was meant. */
const mostTelling = (reports: readonly Report[]): Issue => {
  const report = reports.find(({ code }) => code === 'unrecognized_keys') ?? reports[0];
  if (report === undefined) return { path: [], message: 'is not valid' };
  const { path, message, keys = [], errors = [] } = report;
  const ways = errors.filter((way) => way.length > 0).map(mostTelling);
  const [best] = ways.sort((a, b) => b.path.length - a.path.length);
  if (best !== undefined) return { path: [...path, ...best.path], message: best.message };
  return { path: [...path, ...keys.slice(0, 1)], message };
};

const check = (given: unknown): FileSettings | Issue => {
  const result = fileSchema.safeParse(given);
  if (!result.success) return mostTelling(result.error.issues);
  const missing = unavailableKey(result.data);
  if (missing !== undefined) return { path: missing, message: 'not available yet' };
  const names = result.data.domains.map(({ name }) => name);
  const foreign = result.data.auth.anonymous.find((name) => !names.includes(name));
  if (foreign !== undefined) return { path: ['auth', 'anonymous'], message: `${foreign} is none of the domains` };
  if (new Set(names).size < names.length) return { path: ['domains'], message: 'a domain is named twice' };
  return result.data;
};

const parse = (text: string, file: string, environment: ConfigurationRequest['environment']): FileSettings => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [summary = ''] = broken.message.split('\n');
    throw new ConfigurationError(`${file}: ${summary.replace(/:$/, '')}`);
  }
  const unset = replaceVariables(document, environment);
  if (unset !== undefined) throw new ConfigurationError(`${file}: the environment has no ${unset}`);
  const checked = check(document.toJS());
  if (!('message' in checked)) return checked;
  const line = lineOf(document, lines, checked.path);
  const key = checked.path.length === 0 ? '' : `${dotted(checked.path)}: `;
  throw new ConfigurationError(`${file}${line === undefined ? '' : `:${line}`}: ${key}${checked.message}`);
};

/** Loads the configuration; throws a `ConfigurationError` that a person can act on. No file at all is legal. */
export const loadConfiguration = (request: ConfigurationRequest): Configuration => {
  const file = locate(request);
  const settings = file === undefined ? fileSchema.parse({}) : parse(read(file), file, request.environment);
  const folder = file === undefined ? request.directory : dirname(file);
  return toConfiguration(settings, { file, folder, data: request.data });
};
