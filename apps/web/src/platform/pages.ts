// The pages of this browser that are open on the server's address: each holds a lock for as long as it lives (Web Locks API).
import type { Pages } from '@parlance/chat/storage';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { answeringPages, type PageChannel } from './answering-pages.ts';

const lockOf = (page: string): string => `parlance:page:${page}`;

const forLife = new Promise<void>(() => undefined);

const lockedPages = (own: string, locks: LockManager): Pages => {
  void locks.request(lockOf(own), () => forLife);
  return {
    own,
    gone: async (page) => {
      await locks.request(lockOf(page), () => undefined);
    },
  };
};

/** A channel that all pages share (BroadcastChannel). */
const sharedChannel = (): PageChannel => {
  const channel = new BroadcastChannel('parlance:pages');
  return {
    say: (word) => channel.postMessage(word),
    listen: (hear) => {
      const heard = ({ data }: MessageEvent<unknown>): void => hear(data);
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
};

/** This page, from now on. */
export const openPage = (): Pages => {
  const own = systemPlatform.random.token(96);
  // Off a secure path browsers have no locks.
  const { locks } = navigator as Partial<Navigator>;
  return locks === undefined ? answeringPages(own, sharedChannel(), systemPlatform) : lockedPages(own, locks);
};
