// A directory of the portable format: a main file, a file for each domain, a file for each account (XEP-0227 §5.1).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Address, domainOf, localOf } from '@parlance/core/ids';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { includeElement } from '@parlance/xmpp/wire/xep-0227.portable';
import type { Part, Place } from '@parlance/xmpp-server/portable/outgoing';
import type { Ask } from '../control/requests.ts';

/** The main file of a directory. */
export const mainFile = 'server-data.xml';

const declaration = "<?xml version='1.0' encoding='UTF-8'?>\n";

/** Nobody but the operator reads what is in these files (§6). */
const create = (file: string): Promise<FileHandle> => open(file, 'wx', 0o600);

const opening = (element: Element): string => `${serialise(element).slice(0, -2)}>\n`;

const user = (address: Address): Element => el('user', namespaces.portable, { name: localOf(address) });

/** The name of an account's file: what a file system does not take as it is has a name of its own (§5.1, last paragraph). */
const fileName = (address: Address): string => {
  const local = localOf(address);
  const plain = Buffer.byteLength(local) <= 200 && !local.startsWith('.') && !/[\\/:*?"<>|]/.test(local);
  return `${plain ? local : createHash('sha256').update(local).digest('hex')}.xml`;
};

/** A file of includes, to be closed when all are in it. */
class Index {
  readonly #file: FileHandle;
  readonly #root: Element;

  constructor(file: FileHandle, root: Element) {
    this.#file = file;
    this.#root = root;
  }

  static async open(file: string, root: Element): Promise<Index> {
    const index = new Index(await create(file), root);
    await index.#file.write(declaration + opening(root));
    return index;
  }

  async add(...path: readonly string[]): Promise<void> {
    const include = includeElement(path.map(encodeURIComponent).join('/'));
    await this.#file.write(`${serialise(include, namespaces.portable)}\n`);
  }

  async close(): Promise<void> {
    await this.#file.write(`</${this.#root.name}>\n`);
    await this.#file.close();
  }
}

/** Writes accounts, in the order of their domains, into a directory that must not have a main file yet. */
export class Directory {
  readonly #directory: string;
  readonly #main: Index;
  #host: { readonly name: string; readonly index: Index } | undefined;

  private constructor(directory: string, main: Index) {
    this.#directory = directory;
    this.#main = main;
  }

  /** Undefined when there is an export in the directory already. */
  static async open(directory: string): Promise<Directory | undefined> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const file = join(directory, mainFile);
    if (existsSync(file)) return undefined;
    return new Directory(directory, await Index.open(file, el('server-data', namespaces.portable)));
  }

  /** Writes one account as it is answered, part by part. */
  async add(address: Address, ask: Ask): Promise<void> {
    const host = domainOf(address);
    const index = await this.#indexOf(host);
    const name = fileName(address);
    const file = await create(join(this.#directory, host, name));
    try {
      await file.write(declaration + opening(user(address)));
      let place: Place | null = null;
      do {
        const part: Part = await ask('export account', { address, place });
        await file.write(part.text);
        place = part.next ?? null;
      } while (place !== null);
      await file.write('</user>\n');
    } finally {
      await file.close();
    }
    await index.add(host, name);
  }

  async close(): Promise<void> {
    await this.#host?.index.close();
    await this.#main.close();
  }

  async #indexOf(host: string): Promise<Index> {
    if (this.#host?.name === host) return this.#host.index;
    await this.#host?.index.close();
    mkdirSync(join(this.#directory, host), { recursive: true, mode: 0o700 });
    const root = el('host', namespaces.portable, { jid: host });
    const index = await Index.open(join(this.#directory, `${host}.xml`), root);
    await this.#main.add(`${host}.xml`);
    this.#host = { name: host, index };
    return index;
  }
}
