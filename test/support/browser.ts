import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM_MISSING, findChromium } from './find-binaries.mjs';

/** A page that was opened from a file, and everything that it asked for or complained of. */
export interface OpenedPage {
  readonly page: Page;
  /** Addresses that the page asked for, itself not counted. */
  readonly requests: readonly string[];
  /** Errors, refusals of its policy among them. */
  readonly complaints: readonly string[];
}

/** A Chromium without a network, and the folder of the files that it opens. */
export interface TestBrowser {
  open(markup: string, options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Starts the Chromium of this machine; where there is none, an error says what to do. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(CHROMIUM_MISSING);
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-browser-'));
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  let files = 0;
  return {
    open: async (markup, options = {}) => {
      const path = join(folder, `page-${++files}.html`);
      writeFileSync(path, markup);
      const context = await browser.newContext({ offline: true, ...options });
      const page = await context.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      const url = pathToFileURL(path).href;
      page.on('request', (request) => {
        if (request.url() !== url && !request.url().startsWith(`${url}#`)) requests.push(request.url());
      });
      page.on('console', (message) => void complaints.push(message.text()));
      page.on('pageerror', (error) => void complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.goto(url);
      return { page, requests, complaints };
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
