// A real browser on the real page: Chromium without a window, each person in a context of his own.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** Whether there is a browser to play with, and the command that installs one. */
export const hasBrowser = executablePath !== undefined;
export const installsBrowser = 'npm run peers';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly locale: 'en-GB' | 'zh-CN';
  readonly touch: boolean;
}

export const desktop: Look = { width: 1180, height: 760, theme: 'light', locale: 'en-GB', touch: false };
export const phone: Look = { width: 390, height: 800, theme: 'light', locale: 'en-GB', touch: true };

export class Screens {
  /** What pages complained about: errors, and everything that their policy refused. */
  readonly complaints: string[] = [];
  /** Requests to anywhere but the page's own origin. */
  readonly strays: string[] = [];
  readonly #browser: Browser;
  readonly #home: string;
  readonly #url: string;

  private constructor(browser: Browser, home: string, url: string) {
    this.#browser = browser;
    this.#home = home;
    this.#url = url;
  }

  /** A browser for the page at `url`, with arguments of its own. */
  static async open(url: string, ...more: readonly string[]): Promise<Screens> {
    const home = mkdtempSync(join(tmpdir(), 'parlance-browser-'));
    const browser = await chromium.launch({
      headless: true,
      args: [...args, ...more],
      ...(executablePath === undefined ? {} : { executablePath }),
      env: { ...process.env, HOME: home, TMPDIR: home },
    });
    return new Screens(browser, home, url);
  }

  /** A page with storage of its own, at the address. */
  async page(look: Look): Promise<Page> {
    const context = await this.context(look);
    const page = await context.newPage();
    this.#listen(page);
    await page.goto(this.#url);
    return page;
  }

  async context({ width, height, theme, locale, touch }: Look): Promise<BrowserContext> {
    return this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      locale,
      hasTouch: touch,
      isMobile: touch,
      timezoneId: 'Europe/Berlin',
    });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#home, { recursive: true, force: true });
  }

  #listen(page: Page): void {
    const { origin } = new URL(this.#url);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) this.strays.push(url);
    });
  }
}
