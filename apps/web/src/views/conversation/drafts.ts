// What was begun and not sent, by conversation, for as long as the page lives.

const drafts = new Map<string, string>();

export const draftOf = (peer: string): string => drafts.get(peer) ?? '';

export const keepDraft = (peer: string, text: string): void => {
  if (text === '') drafts.delete(peer);
  else drafts.set(peer, text);
};
