// Reading an archive page by page (XEP-0313 §4).
import type { Element } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import type { PageReport } from '@parlance/xmpp/wire/xep-0059.rsm';
import { archiveQuery, readArchiveResult, readFin } from '@parlance/xmpp/wire/xep-0313.archive';
import type { XmppClient } from '../client.ts';
import { ProtocolError } from '../errors.ts';

/** One archived message (§4.2). */
export interface ArchivedMessage {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly stamp: number;
  readonly stanza: Element;
}

/** A page, oldest first. */
export interface ArchivePage {
  readonly messages: readonly ArchivedMessage[];
  /** Nothing lies behind the page in the direction of reading (§4.4). */
  readonly complete: boolean;
  readonly report: PageReport;
}

export interface ArchiveQuery {
  /** Only messages exchanged with this address. */
  readonly peer?: string;
  /** Milliseconds since 1970. */
  readonly start?: number;
  readonly end?: number;
  /** Messages in front of this archive id; '' means from the end (XEP-0059 §2.5). */
  readonly before?: string;
  /** Messages behind this archive id. */
  readonly after?: string;
  /** Messages at most. */
  readonly max: number;
  /** The archive of a room instead of one's own (§3.1). */
  readonly archive?: string;
}

/** Messages that a server may send in answer, whatever was asked for. */
const longest = 1_000;

const prepared = (address: string): string => {
  const jid = parseJid(address);
  return jid === undefined ? address : formatJid(jid);
};

/**
 * One page. Results that do not come from the archive that was asked are forgeries and go unseen (§4.2; checklist 23).
 * Rejects as request() does; StanzaError 'item-not-found' when `before` or `after` is not in the archive.
 */
export const readArchive = async (client: XmppClient, query: ArchiveQuery): Promise<ArchivePage> => {
  const { peer, start, end, before, after, max, archive } = query;
  const queryId = client.id();
  const withPeer = peer === undefined ? undefined : parseJid(peer);
  const messages: ArchivedMessage[] = [];
  const stop = client.take('message', (message) => {
    const result = readArchiveResult(message);
    if (result?.queryId !== queryId) return false;
    const from = message.attr('from');
    const genuine =
      archive === undefined
        ? client.isFromAccount(message)
        : from !== undefined && prepared(from) === prepared(archive);
    if (genuine && messages.length < longest)
      messages.push({ id: result.id, stamp: result.time ?? 0, stanza: result.stanza });
    return true;
  });
  try {
    const question = archiveQuery({
      queryId,
      ...(withPeer === undefined ? {} : { with: withPeer }),
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      page: { max, before, after, index: undefined },
    });
    const fin = await client.request('set', question, archive);
    if (fin === undefined) throw new ProtocolError('an archive that answers nothing');
    const { complete, page } = readFin(fin);
    return { messages, complete, report: page };
  } finally {
    stop();
  }
};
