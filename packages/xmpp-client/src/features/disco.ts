// Service discovery and entity capabilities: what we can do, and what others can (XEP-0030, XEP-0115).
import { toBase64 } from '@parlance/base/base64';
import { RecentMap } from '@parlance/base/recent-map';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import {
  type DiscoInfo,
  type DiscoItem,
  type Identity,
  infoElement,
  itemsElement,
  nodeOf,
  readInfo,
  readItems,
} from '@parlance/xmpp/wire/xep-0030.disco';
import { capabilitiesElement, hashNamed, readCapabilities, verificationText } from '@parlance/xmpp/wire/xep-0115.caps';
import type { XmppClient } from '../client.ts';
import { ProtocolError, StanzaError } from '../errors.ts';

export interface SelfDescription {
  /** What kind of client it is, e.g. {category: 'client', type: 'web'}. */
  readonly identity: Identity;
  /** Names the software, a URL of its makers (XEP-0115 §4). */
  readonly node: string;
}

/** Capabilities that are remembered: a crowd's worth. */
const remembered = 512;

export class Disco {
  readonly #client: XmppClient;
  readonly #self: SelfDescription;
  readonly #known = new RecentMap<string, DiscoInfo>(remembered);

  /** Answers questions about the client from now on. */
  constructor(client: XmppClient, self: SelfDescription) {
    this.#client = client;
    this.#self = self;
    for (const feature of [namespaces.discoInfo, namespaces.discoItems, namespaces.caps]) client.advertise(feature);
    client.handle('get', 'query', namespaces.discoInfo, (query) => {
      const node = nodeOf(query);
      if (node !== '' && node !== `${self.node}#${this.#hash()}`) throw new StanzaError('item-not-found', 'cancel');
      return infoElement(this.#info(), node);
    });
    client.handle('get', 'query', namespaces.discoItems, (query) => itemsElement([], nodeOf(query)));
  }

  /** The `<c/>` for presence; to be made anew for each, since features may be added (XEP-0115 §6.2). */
  capabilities(): Element {
    return capabilitiesElement({ hash: 'sha-1', node: this.#self.node, ver: this.#hash() });
  }

  /** What an entity is and can do (XEP-0030 §3). */
  async info(address: string, node = ''): Promise<DiscoInfo> {
    return readInfo(await this.#ask(address, node));
  }

  /** What belongs to an entity (XEP-0030 §4). */
  async items(address: string, node = ''): Promise<readonly DiscoItem[]> {
    const answer = await this.#client.request('get', itemsElement([], node), address);
    return answer === undefined ? [] : readItems(answer);
  }

  /** What the sender of a presence can do: asked once for each hash, and remembered only when it fits (XEP-0115 §5.4). */
  async capabilitiesOf(presence: Element): Promise<DiscoInfo | undefined> {
    const from = presence.attr('from');
    const named = readCapabilities(presence);
    if (from === undefined || named === undefined) return undefined;
    const hash = hashNamed(named.hash);
    const key = `${named.hash} ${named.ver}`;
    const known = hash && this.#known.get(key);
    if (known !== undefined) return known;
    const answer = await this.#ask(from, `${named.node}#${named.ver}`);
    const text = verificationText(answer);
    const { crypto } = this.#client.platform;
    const info = readInfo(answer);
    if (
      hash !== undefined &&
      text !== undefined &&
      toBase64(crypto.digest(hash, new TextEncoder().encode(text))) === named.ver
    )
      this.#known.set(key, info);
    return info;
  }

  async #ask(address: string, node: string): Promise<Element> {
    const question = infoElement({ identities: [], features: [], forms: [] }, node);
    const answer = await this.#client.request('get', question, address);
    if (answer?.ns !== namespaces.discoInfo) throw new ProtocolError('an answer that is none to service discovery');
    return answer;
  }

  #info(): DiscoInfo {
    return { identities: [this.#self.identity], features: [...this.#client.features], forms: [] };
  }

  /** XEP-0115 §5.1, with the hash that everybody knows (§5). */
  #hash(): string {
    const text = verificationText(infoElement(this.#info())) ?? '';
    return toBase64(this.#client.platform.crypto.digest('SHA-1', new TextEncoder().encode(text)));
  }
}
