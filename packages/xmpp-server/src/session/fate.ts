// What has become of one mailbox entry at all the sessions that were given it: one object, shared by their queues (XEP-0198 §4, ADR 0007).

export class Fate {
  /** Some session has it for certain: it acknowledged, or the stream does not count. */
  taken: boolean;
  /** The entry is flagged pending in the mailbox: it waits for whoever comes. */
  pending: boolean;

  constructor(taken: boolean, pending: boolean) {
    this.taken = taken;
    this.pending = pending;
  }

  /** A session has it. True when the entry must stop waiting. */
  take(): boolean {
    const waited = this.pending;
    this.taken = true;
    this.pending = false;
    return waited;
  }

  /** A session that has it may never come back. True when the entry must wait again. */
  giveUp(): boolean {
    if (this.taken || this.pending) return false;
    this.pending = true;
    return true;
  }
}

/** Of copies: whether they arrive changes nothing for the entry (XEP-0280 §6). */
export const ofCopy = new Fate(true, false);
