// Watcher information: who watches whom, in full or what changed (RFC 3857 §4.7; RFC 3858 §3).
import { type Element, el } from '@parlance/xml/element';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, needed, numeral, readXml, unsigned, writeXml } from '../xml.ts';

const ns = namespaces.watcherInfo;
const what = 'watcher information';

const statuses = ['pending', 'active', 'waiting', 'terminated'] as const;
const events = [
  'subscribe',
  'approved',
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
] as const;

export interface Watcher {
  /** A token, unique and lasting within one subscription to watcher information. */
  readonly id: string;
  readonly uri: string;
  readonly status: (typeof statuses)[number];
  /** What brought the watcher there (RFC 3857 §4.7.1). */
  readonly event: (typeof events)[number];
  readonly displayName?: string | undefined;
  readonly language?: string | undefined;
  /** Seconds until the subscription ends. */
  readonly expiration?: number | undefined;
  /** Seconds since it began. */
  readonly subscribed?: number | undefined;
}

export interface WatcherList {
  /** The URI that is watched. */
  readonly resource: string;
  /** The event package: `presence`. */
  readonly package: string;
  readonly watchers: readonly Watcher[];
}

export interface WatcherInfo {
  /** 0 for the first document of a subscription, then one more for each (RFC 3858 §3). */
  readonly version: number;
  /** All watchers, or those that changed. */
  readonly state: 'full' | 'partial';
  readonly lists: readonly WatcherList[];
}

/** Reads an `application/watcherinfo+xml` body. Throws `SipError` 400; watchers of unknown status or event are left out. */
export const readWatcherInfo = (body: Uint8Array): WatcherInfo => {
  const root = readXml(body, what, 'watcherinfo', ns);
  const version = unsigned(root.attr('version'));
  const state = known(['full', 'partial'], root.attr('state'));
  if (version === undefined || state === undefined) throw malformed(what);
  return { version, state, lists: children(root, 'watcher-list').map(readList) };
};

const readList = (list: Element): WatcherList => ({
  resource: needed(list, 'resource', what),
  package: needed(list, 'package', what),
  watchers: children(list, 'watcher').flatMap((watcher) => readWatcher(watcher) ?? []),
});

const readWatcher = (watcher: Element): Watcher | undefined => {
  const status = known(statuses, watcher.attr('status'));
  const event = known(events, watcher.attr('event'));
  const uri = watcher.text().trim();
  if (status === undefined || event === undefined || uri === '') return undefined;
  return {
    id: needed(watcher, 'id', what),
    uri,
    status,
    event,
    displayName: watcher.attr('display-name'),
    language: watcher.attr('xml:lang'),
    expiration: unsigned(watcher.attr('expiration')),
    subscribed: unsigned(watcher.attr('duration-subscribed')),
  };
};

export const writeWatcherInfo = ({ version, state, lists }: WatcherInfo): Uint8Array =>
  writeXml(el('watcherinfo', ns, { version: String(version), state }, ...lists.map(listElement)));

const listElement = ({ resource, package: name, watchers }: WatcherList): Element =>
  el('watcher-list', ns, { resource, package: name }, ...watchers.map(watcherElement));

const watcherElement = (watcher: Watcher): Element =>
  el(
    'watcher',
    ns,
    {
      id: watcher.id,
      status: watcher.status,
      event: watcher.event,
      'display-name': watcher.displayName,
      'xml:lang': watcher.language,
      expiration: numeral(watcher.expiration),
      'duration-subscribed': numeral(watcher.subscribed),
    },
    watcher.uri,
  );
