// The pages of this browser that are open on the server's address: each holds a lock for as long as it lives (Web Locks API).
import type { Pages } from '@parlance/chat/storage';
import { systemPlatform } from '@parlance/xmpp-client/platform';

const lockOf = (page: string): string => `parlance:page:${page}`;

const forLife = new Promise<void>(() => undefined);

/** Off a secure path browsers have no locks: nobody knows of other pages there, and all count as gone. */
const locks = (navigator as Partial<Navigator>).locks;

/** This page, from now on. */
export const openPage = (): Pages => {
  const own = systemPlatform.random.token(96);
  void locks?.request(lockOf(own), () => forLife);
  return {
    own,
    gone: async (page) => {
      await locks?.request(lockOf(page), () => undefined);
    },
  };
};
