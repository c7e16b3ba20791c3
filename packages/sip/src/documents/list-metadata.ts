// Resource list meta-information: which resources a notification for a list has news of, and where in it (RFC 4662 §5).
import { type Element, el } from '@parlance/xml/element';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import type { Note } from '../presence/document.ts';
import { children, known, needed, readXml, unsigned, writeXml } from '../xml.ts';

const ns = namespaces.listMetadata;
const what = 'list information';

/** One notifier of a resource (§5.5). */
export interface Instance {
  readonly id: string;
  /** As in Subscription-State. */
  readonly state: 'active' | 'pending' | 'terminated';
  readonly reason?: string | undefined;
  /** The Content-ID, without brackets, of the body part with its state. */
  readonly cid?: string | undefined;
}

export interface ListedResource {
  readonly uri: string;
  readonly names: readonly Note[];
  readonly instances: readonly Instance[];
}

export interface ListMetadata {
  readonly uri: string;
  /** 0 for the first document of a subscription, then one more for each (§5.2). */
  readonly version: number;
  readonly full: boolean;
  readonly cid?: string | undefined;
  readonly names: readonly Note[];
  readonly resources: readonly ListedResource[];
}

/** Reads an `application/rlmi+xml` body. Throws `SipError` 400; instances of unknown state are left out. */
export const readListMetadata = (body: Uint8Array): ListMetadata => {
  const root = readXml(body, what, 'list', ns);
  const version = unsigned(root.attr('version'));
  const full = known(['true', '1', 'false', '0'], root.attr('fullState'));
  if (version === undefined || full === undefined) throw malformed(what);
  return {
    uri: needed(root, 'uri', what),
    version,
    full: full === 'true' || full === '1',
    cid: root.attr('cid'),
    names: readNames(root),
    resources: children(root, 'resource').map(readResource),
  };
};

const readNames = (element: Element): readonly Note[] =>
  children(element, 'name').map((name) => ({ text: name.text(), language: name.attr('xml:lang') }));

const readResource = (resource: Element): ListedResource => ({
  uri: needed(resource, 'uri', what),
  names: readNames(resource),
  instances: children(resource, 'instance').flatMap((instance) => readInstance(instance) ?? []),
});

const readInstance = (instance: Element): Instance | undefined => {
  const state = known(['active', 'pending', 'terminated'], instance.attr('state'));
  if (state === undefined) return undefined;
  return { id: needed(instance, 'id', what), state, reason: instance.attr('reason'), cid: instance.attr('cid') };
};

export const writeListMetadata = ({ uri, version, full, cid, names, resources }: ListMetadata): Uint8Array =>
  writeXml(
    el(
      'list',
      ns,
      { uri, version: String(version), fullState: String(full), cid },
      ...names.map(nameElement),
      ...resources.map(resourceElement),
    ),
  );

const nameElement = ({ text, language }: Note): Element => el('name', ns, { 'xml:lang': language }, text);

const resourceElement = ({ uri, names, instances }: ListedResource): Element =>
  el(
    'resource',
    ns,
    { uri },
    ...names.map(nameElement),
    ...instances.map(({ id, state, reason, cid }) => el('instance', ns, { id, state, reason, cid })),
  );
