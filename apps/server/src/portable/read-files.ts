// Reads files of the portable format element by element, whatever their size, and what they include (XEP-0227 §4, §5).
import { createReadStream, existsSync, realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { Element } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { XmlScanner } from '@parlance/xml/scanner';
import { namespaces } from '@parlance/xmpp/namespaces';
import { includedFile } from '@parlance/xmpp/wire/xep-0227.portable';

/** What is met, in the order of the files: between the beginning and the end of a user his elements, elsewhere foreign ones. */
export type Met =
  | { readonly kind: 'user'; readonly host: string; readonly name: string; readonly password: string | null }
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'end' };

/** A file that cannot be read: what is wrong with it, for people. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** Files that include one another may stand in each other so deep: main, host, user, part. */
const deepest = 4;

const { portable, portableArchive, pubsub } = namespaces;

/** What may be opened inside what; '' stands for the beginning of a file. */
const inner: Readonly<Record<string, readonly string[]>> = {
  '': [`${portable} server-data`],
  [`${portable} server-data`]: [`${portable} host`],
  [`${portable} host`]: [`${portable} user`],
  [`${portable} user`]: [`${portable} offline-messages`, `${portableArchive} archive`, `${pubsub} pubsub`],
  [`${pubsub} pubsub`]: [`${pubsub} items`],
};

const keyOf = ({ ns, name }: Element): string => `${ns} ${name}`;

/** Where files may be included: by children of these and these themselves, never inside a user's own data (§5). */
const including: ReadonlySet<string> = new Set(['', `${portable} server-data`, `${portable} host`, `${portable} user`]);

type Step = Met | { readonly kind: 'include'; readonly href: string; readonly inside: readonly Element[] };

/** The elements that are open around a place, across files. */
class Context {
  readonly steps: Step[] = [];
  readonly #open: Element[];

  constructor(inside: readonly Element[]) {
    this.#open = [...inside];
  }

  readonly enter = (head: Element): boolean => inner[this.#around]?.includes(keyOf(head)) === true;

  readonly open = (head: Element): void => {
    this.#open.push(head);
    if (keyOf(head) !== `${portable} user`) return;
    const host = this.#open.at(-2)?.attr('jid') ?? '';
    this.steps.push({ kind: 'user', host, name: head.attr('name') ?? '', password: head.attr('password') ?? null });
  };

  readonly close = (): void => {
    const closed = this.#open.pop();
    if (closed !== undefined && keyOf(closed) === `${portable} user`) this.steps.push({ kind: 'end' });
  };

  readonly element = (element: Element): void => {
    if (this.#open.length === 0) throw new UnreadableFile('this is no <server-data/> of XEP-0227');
    const href = including.has(this.#around) ? includedFile(element) : undefined;
    if (href !== undefined) this.steps.push({ kind: 'include', href, inside: [...this.#open] });
    else this.steps.push({ kind: 'element', element: this.#framed(element) });
  };

  get #around(): string {
    const last = this.#open.at(-1);
    return last === undefined ? '' : keyOf(last);
  }

  /** An item goes with the node that it stands in. */
  #framed(element: Element): Element {
    const [list, outer] = [this.#open.at(-1), this.#open.at(-2)];
    if (list === undefined || outer === undefined || keyOf(list) !== `${pubsub} items`) return element;
    return outer.withChildren([list.withChildren([element])]);
  }
}

const unreadable = (file: string, error: unknown): UnreadableFile =>
  new UnreadableFile(`${file}: ${error instanceof Error ? error.message : ''}`, { cause: error });

/** The file that is meant, which must lie below the folder of the main file. */
const locate = (file: string, href: string, root: string): string => {
  try {
    const found = realpathSync(resolve(dirname(file), decodeURIComponent(href)));
    if (found.startsWith(root + sep)) return found;
  } catch (error) {
    throw unreadable(`${file}: ${href}`, error);
  }
  throw new UnreadableFile(`${file}: ${href} lies outside ${root}`);
};

async function* portions(file: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* read(file: string, root: string, inside: readonly Element[], depth: number): AsyncIterable<Met> {
  if (depth > deepest) throw new UnreadableFile(`${file}: files include one another too deep`);
  const context = new Context(inside);
  const scanner = new XmlScanner(context, storedLimits, 0);
  for await (const chunk of portions(file)) {
    try {
      scanner.write(chunk);
    } catch (error) {
      throw unreadable(file, error);
    }
    for (const step of context.steps.splice(0)) {
      if (step.kind === 'include') yield* read(locate(file, step.href, root), root, step.inside, depth + 1);
      else yield step;
    }
  }
  if (!scanner.ended) throw new UnreadableFile(`${file}: the file ends too early`);
}

/** All users of a file and of what it includes. Rejects with UnreadableFile. */
export const readPortable = (file: string): AsyncIterable<Met> => {
  if (!existsSync(file)) throw new UnreadableFile(`${file}: there is no such file`);
  const main = realpathSync(file);
  return read(main, dirname(main), [], 1);
};
