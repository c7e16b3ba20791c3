// Converse.js in a browser, used as its users do: by what stands on its page.
import { password } from '@parlance/scenarios/house';
import { desktop, type Screens } from '@parlance/scenarios/web/browser';

type Page = Awaited<ReturnType<Screens['page']>>;
type Locator = ReturnType<Page['locator']>;

/** Where Converse is told to connect; nothing of it means that it asks the domain's host-meta. */
export interface Way {
  readonly websocket_url?: string;
  readonly bosh_service_url?: string;
}

export class Converse {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page in a browser profile of its own. */
  static async open(screens: Screens, origin: string, way: Way = {}): Promise<Converse> {
    const page = await (await screens.context(desktop)).newPage();
    const options = { ...way, discover_connection_methods: Object.keys(way).length === 0 };
    await page.goto(`${origin}/?${encodeURIComponent(JSON.stringify(options))}`);
    return new Converse(page);
  }

  async enter(address: string): Promise<void> {
    await this.page.locator('input[name=jid]').fill(address);
    await this.page.locator('input[name=password]').fill(password);
    await this.page.locator('#converse-login [type=submit]').click();
  }

  async signIn(address: string): Promise<void> {
    await this.enter(address);
    await this.page.locator('converse-user-profile').waitFor();
  }

  async add(address: string): Promise<void> {
    await this.page.locator('.dropdown--contacts .dropdown-toggle').click();
    await this.page.locator('.add-contact').click();
    const dialog = this.page.locator('converse-add-contact-modal');
    await dialog.locator('input[name=jid]').fill(address);
    await dialog.locator('[type=submit]').click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Lets the only one in who asks. */
  async accept(): Promise<void> {
    const request = this.page.locator('.requesting-xmpp-contact');
    await request.locator('.dropdown-toggle').click();
    await request.locator('.accept-xmpp-request').click();
    const dialog = this.page.locator('converse-accept-contact-request-modal');
    await dialog.locator('[type=submit]').click();
    await dialog.waitFor({ state: 'hidden' });
  }

  /** Asks somebody who is on the list already: the page has no button for that, its interface for plugins has. */
  async ask(address: string): Promise<void> {
    await this.page.evaluate(`stage.api.contacts.get('${address}').then((contact) => contact.subscribeToPresence())`);
  }

  /** The contact on the list, who is seen like this; a mere subscriber is pending. */
  contact(address: string, show: string): Locator {
    return this.page.locator(`.current-xmpp-contact[data-status=${show}] [data-jid="${address}"]`);
  }

  /** While its list is sorted anew, Converse may show somebody twice. */
  async chat(address: string): Promise<void> {
    await this.page.locator(`.open-chat[data-jid="${address}"]`).first().click();
    await this.page.locator('.chat-textarea').waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.locator('.chat-textarea').fill(text);
    await this.page.locator('.chat-textarea').press('Enter');
  }

  /** Resolves when the open conversation shows the text; rejects when it does so more than once. */
  async shows(text: string): Promise<void> {
    await this.page.locator('.chat-msg__text').getByText(text, { exact: true }).waitFor();
  }

  /** Resolves when it has lost its connection and has one again. */
  async comesBack(): Promise<void> {
    await this.page.evaluate(`new Promise((resolve) => stage.api.listen.once('reconnected', () => resolve()))`);
  }

  async leave(): Promise<void> {
    await this.page.evaluate('stage.api.user.logout()');
  }
}
