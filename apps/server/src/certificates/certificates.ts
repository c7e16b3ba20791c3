// The certificates in force: one a domain, chosen by server name, read again when their files change (RFC 6066 §3, RFC 6120 §13.7.1).
import { stat } from 'node:fs/promises';
import type { SecureContext } from 'node:tls';
import { domainToASCII } from 'node:url';
import type { Clock, Timer } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { HttpsPort } from '@parlance/http/server';
import type { TlsPort } from '@parlance/xmpp-server/listeners/socket';
import { type CertificateFiles, type Credentials, readCredentials } from './credentials.ts';
import { ownFiles } from './first-start.ts';

export interface CertificateParts {
  /** Domains in the order of the configuration; the first one's certificate is for names that are nobody's. */
  readonly domains: readonly { readonly name: string; readonly files: CertificateFiles | undefined }[];
  /** Where certificates lie that nobody configured. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Held {
  readonly domain: string;
  readonly files: CertificateFiles;
  credentials: Credentials;
  /** What the files looked like when they were last read. */
  mark: string;
}

/** Milliseconds between two looks at the files. Looking also finds what notifications miss: links, network disks, renames. */
const interval = 5000;

export class Certificates implements TlsPort, HttpsPort {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #held: readonly Held[];
  readonly #byName: ReadonlyMap<string, Held>;
  readonly #hashes = new WeakMap<SecureContext, Uint8Array>();
  /** What changed files looked like at the last look. */
  readonly #seen = new Map<Held, string>();
  #watching: Timer | undefined;
  #changed: (() => void)[] = [];

  constructor(held: readonly Held[], { clock, log }: CertificateParts) {
    this.#held = held;
    this.#clock = clock;
    this.#log = log;
    this.#byName = new Map(held.map((each) => [domainToASCII(each.domain), each]));
    for (const each of held) this.#use(each, each.credentials);
  }

  /** The certificate of the domain; of the first domain for other names, since clients look at the domain and not at the host. */
  context(serverName: string | undefined): SecureContext {
    return (this.#byName.get(serverName?.toLowerCase() ?? '') ?? this.#first).credentials.context;
  }

  /** What the first domain's context is made of. */
  fallback(): Credentials['pem'] {
    return this.#first.credentials.pem;
  }

  /** Runs after every change of a certificate in force. */
  onChange(run: () => void): void {
    this.#changed.push(run);
  }

  get #first(): Held {
    const [first] = this.#held;
    if (first === undefined) throw new Error('no domain has a certificate');
    return first;
  }

  endPointHash(context: SecureContext): Uint8Array | undefined {
    return this.#hashes.get(context);
  }

  /**
   * Reads all files again. A pair that cannot be used leaves the old one in force, and is logged and given back as a
   * sentence. Connections keep the certificate that their handshake began with.
   */
  async reload(): Promise<readonly string[]> {
    const reasons = await Promise.all(this.#held.map((each) => this.#reload(each)));
    return reasons.filter((reason) => reason !== undefined);
  }

  /** Reloads files that have changed, once they have stopped changing; until `close`. */
  watch(): void {
    this.#watching = this.#clock.after(interval, () => {
      void this.#look().finally(() => {
        if (this.#watching !== undefined) this.watch();
      });
    });
  }

  close(): void {
    this.#watching?.cancel();
    this.#watching = undefined;
  }

  /** A changed pair is read when it looks the same at two looks: whoever replaces it does so in two steps. */
  async #look(): Promise<void> {
    for (const each of this.#held) {
      const mark = await markOf(each.files);
      if (mark !== each.mark && this.#seen.get(each) === mark) await this.#reload(each);
      this.#seen.set(each, mark);
    }
  }

  async #reload(held: Held): Promise<string | undefined> {
    const { domain, files } = held;
    try {
      held.mark = await markOf(files);
      const credentials = await readCredentials(files);
      this.#use(held, credentials);
      for (const run of this.#changed) run();
      this.#log.info('certificate loaded', { domain, expires: new Date(credentials.expires).toISOString() });
      return undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error('certificate not usable, the old one stays in force', { domain, reason });
      return `${domain}: ${reason}`;
    }
  }

  #use(held: Held, credentials: Credentials): void {
    held.credentials = credentials;
    if (credentials.endPointHash !== undefined) this.#hashes.set(credentials.context, credentials.endPointHash);
    if (credentials.expires < this.#clock.now()) this.#log.warn('certificate has expired', { domain: held.domain });
  }
}

/** Changes whenever a file is written, replaced or gone. */
const markOf = async ({ cert, key }: CertificateFiles): Promise<string> => {
  const marks = await Promise.all(
    [cert, key].map((file) =>
      stat(file).then(
        ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
        () => 'gone',
      ),
    ),
  );
  return marks.join(', ');
};

/** Makes what is missing and reads what is there. Rejects when a configured pair cannot be used: the server must not start. */
export const openCertificates = async (parts: CertificateParts): Promise<Certificates> => {
  const held: Held[] = [];
  for (const { name, files: configured } of parts.domains) {
    const files = configured ?? (await ownFiles(parts.directory, name, parts.clock.now()));
    held.push({ domain: name, files, mark: await markOf(files), credentials: await readCredentials(files) });
  }
  return new Certificates(held, parts);
};
