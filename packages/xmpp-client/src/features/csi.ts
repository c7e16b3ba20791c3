// Client state indication: nobody is looking, so less needs be sent (XEP-0352).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '../client.ts';

export class ClientStateIndication {
  readonly #client: XmppClient;
  #active = true;

  constructor(client: XmppClient) {
    this.#client = client;
    // §5: a new stream, resumed or not, is active until it hears otherwise.
    const again = (): void => {
      if (!this.#active) this.#say();
    };
    client.on('online', again);
    client.on('resumed', again);
  }

  /** Whether somebody is looking. */
  set active(active: boolean) {
    if (active === this.#active) return;
    this.#active = active;
    this.#say();
  }

  get active(): boolean {
    return this.#active;
  }

  #say(): void {
    // §4.1: only where the server knows it.
    if (this.#client.serverFeatures.child('csi', namespaces.csi) !== undefined)
      this.#client.write(el(this.#active ? 'active' : 'inactive', namespaces.csi));
  }
}
