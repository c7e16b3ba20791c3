// Which conversation is open: it stands in the address, so that back, reload and links work.
import { useSyncExternalStore } from 'react';
import { peerIn } from './peer-in.ts';

const listeners = new Set<() => void>();

const subscribe = (changed: () => void): (() => void) => {
  listeners.add(changed);
  // Back, forward, and an address that somebody writes.
  window.addEventListener('popstate', changed);
  return () => {
    listeners.delete(changed);
    window.removeEventListener('popstate', changed);
  };
};

const read = (): string | undefined => peerIn(window.location.hash);

/** Bare address of the open conversation. */
export const useOpenPeer = (): string | undefined => useSyncExternalStore(subscribe, read);

const isFromList = (state: unknown): boolean => (state as { readonly fromList?: boolean } | null)?.fromList === true;

/** Opens a conversation, or shows the list alone: where it was opened from the list, that is going back. */
export const openPeer = (peer: string | undefined): void => {
  const before = read();
  if (peer === before) return;
  const { pathname } = window.location;
  if (peer !== undefined)
    history.pushState({ fromList: before === undefined }, '', `${pathname}#/${encodeURIComponent(peer)}`);
  else if (isFromList(history.state)) history.back();
  else history.replaceState(null, '', pathname);
  for (const listener of [...listeners]) listener();
};
