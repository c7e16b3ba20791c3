// What a refused request means for its dialog (RFC 3261 §12.2.1.2; RFC 5057 §5.1).

/** The peer, or the way to it, is not there any more. */
const dialogs = new Set([404, 410, 416, 482, 483, 484, 485, 502, 604]);
/** What the request was for is not there any more: the session, the subscription. */
const usages = new Set([405, 408, 480, 481, 489, 501]);

/**
 * What ends when a request in a dialog is answered so; a time-out counts as 408. A dialog ends with the last of its usages.
 * Everything else concerns that request alone.
 */
export const endedBy = (status: number): 'dialog' | 'usage' | undefined => {
  if (dialogs.has(status)) return 'dialog';
  return usages.has(status) ? 'usage' : undefined;
};
