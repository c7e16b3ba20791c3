// UTF-8 across chunk borders: whole characters now, the rest with the next chunk (RFC 3629 §3).

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const noBytes = new Uint8Array(0);

/** How many bytes at the end begin a character that is not complete: 0…3. */
const danglingBytes = (bytes: Uint8Array): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
};

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};

export class Utf8 {
  #held = noBytes;

  /** Bytes of an unfinished character that wait for the next chunk. */
  get held(): number {
    return this.#held.length;
  }

  /** The complete characters so far. Throws TypeError for bytes that are no UTF-8. */
  decode(chunk: Uint8Array): string {
    const bytes = this.#held.length === 0 ? chunk : joined(this.#held, chunk);
    const dangling = danglingBytes(bytes);
    this.#held = dangling === 0 ? noBytes : bytes.slice(bytes.length - dangling);
    return decoder.decode(dangling === 0 ? bytes : bytes.subarray(0, bytes.length - dangling));
  }

  reset(): void {
    this.#held = noBytes;
  }
}

/** How many bytes text takes, from one place to another. */
export const byteLength = (text: string, from = 0, to = text.length): number => {
  let bytes = to - from;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
};
