// Queries of one's own message archive, page by page, and what the archive is (XEP-0313). What is archived is the router's work.
import { isRefusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { namespaces } from '@parlance/xmpp/namespaces';
import {
  type ArchiveBound,
  archiveForm,
  finElement,
  metadataElement,
  readArchiveQuery,
} from '@parlance/xmpp/wire/xep-0313.archive';
import { filterOf } from '../archive/filter.ts';
import { countOnly, sendPage } from '../archive/page.ts';
import type { Context } from '../context.ts';
import type { Extension, IqAnswer, IqHandler, IqRequest } from '../extension.ts';

const groupchatField = 'urn:xmpp:mam:2#groupchat-field'; // §7

const query = async (context: Context, { account, session, payload }: IqRequest): Promise<IqAnswer> => {
  if (account === undefined || session === undefined) return refuse('forbidden');
  if (payload.attr('node') !== undefined) return refuse('not-found');
  const asked = readArchiveQuery(payload);
  if (isRefusal(asked)) return asked;
  // XEP-0059 §2.6: places are not counted here.
  if (asked.page.index !== undefined) return refuse('not-implemented');
  // What was accepted so far is in the archive once it is on disk, or never.
  await context.commits.settled();
  const filter = await filterOf(context, account, asked);
  if (isRefusal(filter)) return filter;
  if (asked.page.max === 0) return finElement(await countOnly(context, account, filter));
  // A session whose connection broke meanwhile is not filled with what it may ask for again.
  if (!session.connected) return refuse('overloaded');
  return finElement(await sendPage(context, account, session, asked, filter));
};

const metadata = async (context: Context, account: Account): Promise<IqAnswer> => {
  await context.commits.settled();
  const bound = async (backwards: boolean): Promise<ArchiveBound | undefined> => {
    const [entry] = (await context.stores.archive.page(account.id, {}, 1, backwards)).entries;
    return entry === undefined ? undefined : { id: context.archiveIds.seal(account, entry.sequence), time: entry.time };
  };
  const [start, end] = await Promise.all([bound(false), bound(true)]);
  return metadataElement({ ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) });
};

export const messageArchive: Extension = {
  support: [
    {
      specification: 'XEP-0313',
      title: 'Message Archive Management',
      version: '1.1.3',
      status: 'complete',
      note: "The archives of users; room traffic is in no user's archive. Named at the server's address too, for clients that look only there.",
    },
    {
      specification: 'XEP-0059',
      title: 'Result Set Management',
      version: '1.0',
      status: 'partial',
      note: 'A page is not found by its index; archives say index and count where that needs no counting, and the count when it is asked for alone.',
    },
  ],
  register(registrar) {
    const { context } = registrar;
    const forbidden: IqHandler = () => refuse('forbidden');
    for (const name of [namespaces.mam, namespaces.mamExtended, groupchatField]) registrar.feature('account', name);
    // Said at the server too, as ejabberd does: Profanity looks nowhere else.
    registrar.feature('server', namespaces.mam);
    registrar.iq(['own'], 'get', 'query', namespaces.mam, archiveForm);
    registrar.iq(['own'], 'set', 'query', namespaces.mam, (request) => query(context, request));
    registrar.iq(['own'], 'get', 'metadata', namespaces.mam, ({ account }) =>
      account === undefined ? refuse('forbidden') : metadata(context, account),
    );
    // §8.1: an archive is its owner's alone, whether there is such an account or not.
    registrar.iq(['other'], 'get', 'query', namespaces.mam, forbidden);
    registrar.iq(['other'], 'set', 'query', namespaces.mam, forbidden);
    registrar.iq(['other'], 'get', 'metadata', namespaces.mam, forbidden);
  },
};
