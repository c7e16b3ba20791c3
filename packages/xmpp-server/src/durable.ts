// Requests whose "done" means "on disk" (DESIGN §2).
import { type Refusal, refuse } from '@parlance/base/refusal';
import type { CommitLoop } from '@parlance/core/commit-loop';
import type { Write } from '@parlance/core/store';

/** Commits some writes with the open batch; resolves to a refusal when that batch could not be committed. */
export const durable = async (commits: CommitLoop, writes: readonly Write[]): Promise<Refusal | undefined> => {
  commits.write(...writes);
  return commits.flushed().then(
    () => undefined,
    () => refuse('storage-full'),
  );
};
