// The avatar of an account: kept once, in its nodes, and shown in vCards and presence from there (XEP-0084, XEP-0398 §5.2).
import { fromBase64 } from '@parlance/base/base64';
import type { Crypto } from '@parlance/base/crypto';
import { RecentMap } from '@parlance/base/recent-map';
import type { Account } from '@parlance/core/account';
import type { AccountId } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { photoElement, photoOf, withPhoto } from '@parlance/xmpp/wire/xep-0054.vcard';
import { avatarData, avatarMetadata, readAvatarData, readAvatarMetadata } from '@parlance/xmpp/wire/xep-0084.avatar';
import { mayRead, type Readable, type Watching } from './access.ts';
import { defaultConfig } from './node-config.ts';
import { type AccountNodes, newNode, type PersonalNodes, toWire } from './personal-nodes.ts';

const { avatarData: dataNode, avatarMetadata: metadataNode } = namespaces;

/** What is known of an account's avatar without asking the database. */
export interface KnownAvatar {
  /** SHA-1 of the image in hexadecimal, '' when there is none. */
  readonly hash: string;
  readonly type: string;
  /** Both nodes: who may read both may see it. */
  readonly access: readonly Readable[];
}

/** Accounts whose avatar is remembered at least. */
const capacity = 10_000;

const nothing: KnownAvatar = { hash: '', type: '', access: [] };

/** The first signs of images in base 64, for photos whose type is not said. */
const signatures = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
] as const;

const typeOf = (said: string, data: string): string | undefined =>
  /^image\/[a-z0-9.+-]{1,64}$/i.test(said) ? said : signatures.find(([sign]) => data.startsWith(sign))?.[1];

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export class Avatars {
  readonly #nodes: PersonalNodes;
  readonly #crypto: Pick<Crypto, 'digest'>;
  readonly #known = new RecentMap<AccountId, KnownAvatar>(capacity);

  constructor(nodes: PersonalNodes, crypto: Pick<Crypto, 'digest'>) {
    this.#nodes = nodes;
    this.#crypto = crypto;
  }

  /** Undefined until it was looked up. */
  known({ id }: Account): KnownAvatar | undefined {
    return this.#known.get(id);
  }

  /** Whether a change of this node may be a change of the avatar. */
  concerns(node: string): boolean {
    return node === dataNode || node === metadataNode;
  }

  /** The SHA-1 of an image, or undefined when the text is no base 64. */
  hashOf(base64: string): string | undefined {
    const bytes = fromBase64(base64);
    return bytes === undefined ? undefined : hex(this.#crypto.digest('SHA-1', bytes));
  }

  /** Looks the avatar up anew: the form that the metadata says is at the data node, and is (XEP-0398 §3.1). */
  async lookUp(account: Account): Promise<KnownAvatar> {
    const found = await this.#find(account, await this.#nodes.of(account));
    this.#known.set(account.id, found);
    return found;
  }

  /** The avatar as a photo for a vCard, for whom both nodes admit (XEP-0398 §7). */
  async photo(account: Account, asker: Jid, presence: Watching): Promise<Element | undefined> {
    const { hash, type, access } = this.known(account) ?? (await this.lookUp(account));
    if (hash === '' || !access.every((node) => mayRead(account, node, asker, presence))) return undefined;
    const data = readAvatarData(await this.#nodes.payload(account, dataNode, hash));
    return data === undefined ? undefined : photoElement({ type, data });
  }

  /**
   * Takes the photo out of a vCard that its owner stores: it becomes the avatar, and a vCard without one says that there
   * is no avatar (XEP-0398 §3.2). A photo that is none of ours (a link, or no image) stays in the card.
   */
  async take(account: Account, card: Element): Promise<Element> {
    const photo = photoOf(card);
    if (photo === undefined) {
      if (card.child('PHOTO')?.elements()[0] !== undefined) return card;
      await this.#remove(account);
      return withPhoto(card, undefined);
    }
    const type = typeOf(photo.type, photo.data);
    const hash = this.hashOf(photo.data);
    if (type === undefined || hash === undefined) return card;
    const bytes = fromBase64(photo.data)?.length ?? 0;
    if ((await this.lookUp(account)).hash !== hash) {
      await this.#publish(account, dataNode, hash, avatarData(photo.data));
      await this.#publish(account, metadataNode, hash, avatarMetadata({ id: hash, bytes, type }));
    }
    return withPhoto(card, undefined);
  }

  async #remove(account: Account): Promise<void> {
    const { hash } = await this.lookUp(account);
    if (hash !== '') await this.#publish(account, metadataNode, 'none', avatarMetadata());
  }

  /** As the owner; nodes that are made here are open, as vCards are. */
  async #publish(account: Account, name: string, id: string, payload: Element): Promise<void> {
    const known = await this.#nodes.of(account);
    const node = known.get(name) ?? newNode(name, { ...defaultConfig, access: 'open' });
    await this.#nodes.publish(account, node, { id, payload });
  }

  async #find(account: Account, nodes: AccountNodes): Promise<KnownAvatar> {
    const [data, metadata] = [nodes.get(dataNode), nodes.get(metadataNode)];
    if (data === undefined || metadata === undefined) return nothing;
    const newest = (await this.#nodes.items.newest(account.id, [metadataNode])).get(metadataNode);
    const infos = newest === undefined ? undefined : readAvatarMetadata(toWire(newest).payload);
    const info = infos?.find(({ url }) => url === undefined);
    const image = info === undefined ? [] : await this.#nodes.items.named(account.id, dataNode, [info.id]);
    if (info === undefined || image.length === 0) return nothing;
    return { hash: info.id, type: info.type, access: [data, metadata] };
  }
}
