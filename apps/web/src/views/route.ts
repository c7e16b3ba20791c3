// Which conversation is open: it stands in the address, so that back, reload and links work.
import { useSyncExternalStore } from 'react';

const subscribe = (changed: () => void): (() => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

const read = (): string | undefined => {
  const { hash } = window.location;
  if (!hash.startsWith('#/')) return undefined;
  try {
    return decodeURIComponent(hash.slice(2)) || undefined;
  } catch {
    return undefined;
  }
};

/** Bare address of the open conversation. */
export const useOpenPeer = (): string | undefined => useSyncExternalStore(subscribe, read);

/** Opens a conversation, or shows the list alone. */
export const openPeer = (peer: string | undefined): void => {
  window.location.hash = peer === undefined ? '' : `#/${encodeURIComponent(peer)}`;
};
