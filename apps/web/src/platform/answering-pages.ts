// The pages of this browser where there are no locks, off a secure path: a page lives as long as it answers.
import type { Pages } from '@parlance/chat/storage';
import type { Platform } from '@parlance/xmpp-client/platform';

/** Carries words to all other pages of this browser. */
export interface PageChannel {
  say(word: string): void;
  /** Returns what ends the listening. */
  listen(hear: (word: unknown) => void): () => void;
}

/** Milliseconds in which a page that lives answers, and after which it is asked again. */
const patience = 2_000;

const question = (page: string): string => `does ${page} live?`;
const answer = (page: string): string => `${page} lives`;

/** Page `own`, which answers from now on. */
export const answeringPages = (own: string, channel: PageChannel, { clock }: Pick<Platform, 'clock'>): Pages => {
  channel.listen((word) => {
    if (word === question(own)) channel.say(answer(own));
  });
  const lives = (page: string): Promise<boolean> =>
    new Promise((resolve) => {
      const settle = (living: boolean): void => {
        stop();
        timer.cancel();
        resolve(living);
      };
      const timer = clock.after(patience, () => settle(false));
      const stop = channel.listen((word) => {
        if (word === answer(page)) settle(true);
      });
      channel.say(question(page));
    });
  const pause = (): Promise<void> => new Promise((resolve) => void clock.after(patience, resolve));
  return {
    own,
    gone: async (page) => {
      while (await lives(page)) await pause();
    },
  };
};
