// Listen entries: a port, an address with a port, a list of either, or `false` (CONTRACT, "Configuration").

/** The listeners of this version. */
export type ListenerName = 'c2s' | 'c2sTls' | 'http' | 'https' | 'sipUdp' | 'sipTcp' | 'sipTls';

export interface ListenPoint {
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** The machine may have no such address: a failure to bind it for that reason is no error. */
  readonly optional: boolean;
}

type Entry = number | { readonly address: string; readonly port: number };

/** A listen entry as the file gives it. */
export type ListenEntry = Entry | readonly Entry[] | false;

/**
 * The points of one entry. A bare port is bound at `address`, and at ::1 besides when that is 127.0.0.1, so that
 * `localhost` works whichever way it is resolved; not for port 0, where the two would differ.
 */
export const listenPoints = (entry: ListenEntry, address: string): readonly ListenPoint[] => {
  if (entry === false) return [];
  return [entry].flat().flatMap((one: Entry): ListenPoint[] => {
    if (typeof one !== 'number') return [{ ...one, optional: false }];
    const point = { address, port: one, optional: false };
    return address === '127.0.0.1' && one !== 0 ? [point, { address: '::1', port: one, optional: true }] : [point];
  });
};
