// Dialog information: the calls of a user agent, in full or what changed (RFC 4235 §4.1).
import { type Element, el } from '@parlance/xml/element';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, known, needed, numeral, readXml, textChild, unsigned, writeXml } from '../xml.ts';

const ns = namespaces.dialogInfo;
const what = 'dialog information';

const states = ['trying', 'proceeding', 'early', 'confirmed', 'terminated'] as const;
const endings = ['cancelled', 'rejected', 'replaced', 'local-bye', 'remote-bye', 'error', 'timeout'] as const;

/** A URI with the name that is shown. */
export interface NamedUri {
  readonly uri: string;
  readonly display?: string | undefined;
}

/** One side of a dialog (§4.1.6). */
export interface Participant {
  readonly identities: readonly NamedUri[];
  /** Its Contact, with parameters; one without value says `true`. */
  readonly target?:
    | { readonly uri: string; readonly parameters: readonly { readonly name: string; readonly value: string }[] }
    | undefined;
}

/** Call-ID and tags that name a dialog. */
export interface DialogName {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

export interface DialogState {
  readonly id: string;
  readonly callId?: string | undefined;
  readonly localTag?: string | undefined;
  readonly remoteTag?: string | undefined;
  readonly direction?: 'initiator' | 'recipient' | undefined;
  readonly state: (typeof states)[number];
  /** Why the state was reached, and the response code with it (§3.7). */
  readonly event?: (typeof endings)[number] | undefined;
  readonly code?: number | undefined;
  /** Seconds since the dialog began. */
  readonly duration?: number | undefined;
  readonly replaces?: DialogName | undefined;
  readonly referredBy?: NamedUri | undefined;
  readonly local?: Participant | undefined;
  readonly remote?: Participant | undefined;
  /** Route sets and elements of other namespaces. */
  readonly extensions: readonly Element[];
}

export interface DialogInfo {
  /** 0 for the first document of a subscription, then one more for each. */
  readonly version: number;
  readonly state: 'full' | 'partial';
  /** The URI whose dialogs these are; must be there, and is missing in the RFC's own example (§4.2). */
  readonly entity?: string | undefined;
  readonly dialogs: readonly DialogState[];
}

/** Reads an `application/dialog-info+xml` body. Throws `SipError` 400; dialogs of unknown state are left out. */
export const readDialogInfo = (body: Uint8Array): DialogInfo => {
  const root = readXml(body, what, 'dialog-info', ns);
  const version = unsigned(root.attr('version'));
  // An example of the RFC still has a draft's name (§6.2).
  const state = known(['full', 'partial'], root.attr('state') ?? root.attr('notify-state'));
  if (version === undefined || state === undefined) throw malformed(what);
  const dialogs = children(root, 'dialog').flatMap((dialog) => readDialog(dialog) ?? []);
  return { version, state, entity: root.attr('entity'), dialogs };
};

/** Children of a dialog that have a place of their own. */
const placed = new Set(['state', 'duration', 'replaces', 'referred-by', 'local', 'remote']);

const readDialog = (dialog: Element): DialogState | undefined => {
  const element = dialog.child('state');
  const state = known(states, element?.text());
  if (element === undefined || state === undefined) return undefined;
  return {
    id: needed(dialog, 'id', what),
    callId: dialog.attr('call-id'),
    localTag: dialog.attr('local-tag'),
    remoteTag: dialog.attr('remote-tag'),
    direction: known(['initiator', 'recipient'], dialog.attr('direction')),
    state,
    // The RFC's examples call it `reason` (§6.2).
    event: known(endings, element.attr('event') ?? element.attr('reason')),
    code: unsigned(element.attr('code')),
    duration: unsigned(dialog.childText('duration')),
    replaces: readName(dialog.child('replaces')),
    referredBy: readNamed(dialog.child('referred-by')),
    local: readParticipant(dialog.child('local')),
    remote: readParticipant(dialog.child('remote')),
    extensions: dialog.elements().filter((child) => child.ns !== ns || !placed.has(child.name)),
  };
};

const readName = (replaces: Element | undefined): DialogName | undefined => {
  const [callId, localTag, remoteTag] = ['call-id', 'local-tag', 'remote-tag'].map((name) => replaces?.attr(name));
  if (callId === undefined || localTag === undefined || remoteTag === undefined) return undefined;
  return { callId, localTag, remoteTag };
};

/** The text names the attribute `display` (§4.1.6.1), the schema `display-name`. */
const readNamed = (element: Element | undefined): NamedUri | undefined => {
  const uri = element?.text().trim();
  if (uri === undefined || uri === '') return undefined;
  return { uri, display: element?.attr('display') ?? element?.attr('display-name') };
};

const readParticipant = (participant: Element | undefined): Participant | undefined => {
  if (participant === undefined) return undefined;
  const target = participant.child('target');
  const parameters = target === undefined ? [] : children(target, 'param').map(readParameter);
  return {
    identities: children(participant, 'identity').flatMap((identity) => readNamed(identity) ?? []),
    target: target && { uri: needed(target, 'uri', what), parameters },
  };
};

const readParameter = (parameter: Element): { readonly name: string; readonly value: string } => ({
  name: needed(parameter, 'pname', what),
  value: parameter.attr('pval') ?? 'true',
});

export const writeDialogInfo = ({ version, state, entity, dialogs }: DialogInfo): Uint8Array =>
  writeXml(el('dialog-info', ns, { version: String(version), state, entity }, ...dialogs.map(dialogElement)));

const dialogElement = (dialog: DialogState): Element =>
  el(
    'dialog',
    ns,
    {
      id: dialog.id,
      'call-id': dialog.callId,
      'local-tag': dialog.localTag,
      'remote-tag': dialog.remoteTag,
      direction: dialog.direction,
    },
    el('state', ns, { event: dialog.event, code: numeral(dialog.code) }, dialog.state),
    ...textChild('duration', ns, dialog.duration),
    ...replacesElement(dialog.replaces),
    ...namedElement('referred-by', dialog.referredBy),
    ...participantElement('local', dialog.local),
    ...participantElement('remote', dialog.remote),
    ...dialog.extensions,
  );

const replacesElement = (name: DialogName | undefined): readonly Element[] =>
  name === undefined
    ? []
    : [el('replaces', ns, { 'call-id': name.callId, 'local-tag': name.localTag, 'remote-tag': name.remoteTag })];

const namedElement = (name: string, named: NamedUri | undefined): readonly Element[] =>
  named === undefined ? [] : [el(name, ns, { display: named.display }, named.uri)];

const participantElement = (name: string, participant: Participant | undefined): readonly Element[] => {
  if (participant === undefined) return [];
  const { identities, target } = participant;
  const parameters = target?.parameters.map((each) => el('param', ns, { pname: each.name, pval: each.value })) ?? [];
  return [
    el(
      name,
      ns,
      {},
      ...identities.flatMap((identity) => namedElement('identity', identity)),
      ...(target === undefined ? [] : [el('target', ns, { uri: target.uri }, ...parameters)]),
    ),
  ];
};
