// A disk of a few megabytes that a test fills and empties: a tmpfs, which only root may mount.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class SmallDisk {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Undefined where it cannot be mounted. */
  static mount(megabytes: number): SmallDisk | undefined {
    const directory = mkdtempSync(join(tmpdir(), 'parlance-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'parlance-test', directory]);
    if (mounted.status === 0) return new SmallDisk(directory);
    rmSync(directory, { recursive: true });
    return undefined;
  }

  get #ballast(): string {
    return join(this.directory, 'ballast');
  }

  /** Takes all the space that is left. */
  fill(): void {
    const file = openSync(this.#ballast, 'w');
    for (let size = 65_536; size >= 1; size >>= 1) {
      try {
        for (;;) if (writeSync(file, new Uint8Array(size)) < size) break;
      } catch {
        // Too large a piece for what is left; a smaller one may fit.
      }
    }
    closeSync(file);
  }

  /** Gives it back. */
  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    // A thread may have a file open for a moment more; the folder is free at once all the same.
    spawnSync('umount', ['--lazy', this.directory]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
