import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatReport } from '../../src/report/format-report.js';
import { collectHtmlRows } from '../../src/report/html/rows/html-rows.js';
import { formatUnfinished } from '../../src/report/unfinished-report.js';
import { startBrowser, type TestBrowser } from '../support/browser.js';
import { damagedRun } from './damaged-rows.js';
import { HOSTILE_TEXTS, hostileResult } from './hostile-result.js';
import { mixedResult, sampleResult, sampleTable, unfinishedRun } from './sample-result.js';
import { sampleNights, waivedResult } from './waived-result.js';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

const mixed = formatReport(mixedResult(), { format: 'html' });
const hostile = formatReport(hostileResult(), { format: 'html' });
const waived = formatReport(waivedResult(), { format: 'html', trend: sampleNights() });

/** The first cells of the lines of a table that are seen. */
const linesOf = (page: Page, name: string): Promise<string[]> =>
  page
    .locator(`table[data-name="${name}"] tbody:not([hidden]) tr:first-child > :first-child`)
    .allInnerTexts();

/** How much text stands out from what is behind it, as the WCAG reckons. */
const CONTRASTS = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [red, green, blue] = parse(color).slice(0, 3).map((each) => each / 255)
      .map((each) => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return parse(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const selectors = ['body', '.brand', '.answer', '.tag.different', '.tag.verified', '.tag.unverified', 'mark', 'a',
    '.cut', '.hint', '.tag.missing', '.tag.changed', '.tag.extra', 'thead th'];
  return selectors.map((selector) => {
    const element = document.querySelector(selector);
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    return [selector, (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)];
  });
})()`;

describe('the HTML report in a browser', () => {
  it('asks nobody for anything, and breaks no rule of its own policy', async () => {
    for (const markup of [
      mixed,
      hostile,
      waived,
      formatUnfinished('html', unfinishedRun({ state: 'failed' })) ?? '',
    ]) {
      const { page, requests, complaints } = await browser.open(markup);
      await page.waitForLoadState('networkidle');
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
    }
  });

  it('runs no script but its own, takes no style and fetches no picture', async () => {
    const { page } = await browser.open(mixed);
    const refused = await page.evaluate<string[]>(`(async () => {
      const refused = [];
      addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
      const add = (name, settings) => document.body.append(Object.assign(document.createElement(name), settings));
      add('script', { textContent: 'window.taken = 1' });
      add('style', { textContent: 'h1 { display: none }' });
      add('img', { src: 'https://evil.example/x.png' });
      document.querySelector('h1').setAttribute('style', 'display: none');
      await fetch('https://evil.example/').catch(() => {});
      await new Promise((resolve) => setTimeout(resolve));
      return refused.sort();
    })()`);
    expect(refused).toEqual([
      'connect-src',
      'img-src',
      'script-src-elem',
      'style-src-attr',
      'style-src-elem',
    ]);
    expect(await page.evaluate("'taken' in window")).toBe(false);
    expect(await page.getByRole('heading', { level: 1 }).isVisible()).toBe(true);
  });

  it('shows what is hostile as text', async () => {
    const { page } = await browser.open(hostile);
    expect(await page.evaluate("'taken' in window")).toBe(false);
    const hostileElements = [
      'script',
      'img',
      'iframe',
      'form',
      'body a[href]:not([href^="#"])',
      'svg[onload]',
      '[style]',
    ];
    const counts = await Promise.all(hostileElements.map((selector) => page.locator(selector).count()));
    expect(counts).toEqual([1, 0, 0, 0, 0, 0, 0]);
    const text = (await page.locator('main').textContent()) ?? '';
    for (const hostileText of HOSTILE_TEXTS.filter(
      (each) => /^[\x20-\x7e]+$/.test(each) && each === each.trim(),
    ))
      expect(text).toContain(hostileText);
    expect(text).toMatch(/U\+202E txt\.exe U\+2066x/);
    expect(text).toMatch(/lone U\+D800 and U\+DFFF/);
    expect(text).not.toMatch(/(?![\n\t])\p{C}/u);
  });

  it('is complete without scripts', async () => {
    const texts = await Promise.all(
      [true, false].map(async (javaScriptEnabled) => {
        const { page } = await browser.open(mixed, { javaScriptEnabled });
        expect(await page.locator('.tools').count()).toBe(javaScriptEnabled ? 2 : 0);
        const lines = await page.locator('main').innerText();
        await page.context().close();
        return lines
          .replace(/\b(all|missing|changed|extra|different|unverified|verified)\n/g, '')
          .replace(/\s+/g, ' ');
      }),
    );
    expect(texts[1]?.length).toBeGreaterThan(3000);
    for (const word of texts[1]?.split(' ') ?? []) expect(texts[0]).toContain(word);
  });

  it('sorts a table by numbers and by words, up and down, also by the keyboard', async () => {
    const { page } = await browser.open(mixed);
    const head = (name: string) => page.getByRole('columnheader', { name }).first();
    await head('Changed').getByRole('button').click();
    await head('Changed').getByRole('button').click();
    expect((await linesOf(page, 'the tables'))[0]).toContain('shop.orders');
    expect(await head('Changed').getAttribute('aria-sort')).toBe('descending');
    await head('Table').getByRole('button').focus();
    await page.keyboard.press('Enter');
    const lines = await linesOf(page, 'the tables');
    expect(lines[0]).toContain('shop.areas');
    expect(lines.at(-1)).toContain('shop.OrderLineDiscountAllocations'.slice(0, 5));
    expect(await head('Changed').getAttribute('aria-sort')).toBeNull();
  });

  it('keeps the lines of a row together when it sorts rows', async () => {
    const { page } = await browser.open(mixed);
    const name = 'shop.orders → public.orders';
    const table = page.locator(`table[data-name="${name}"]`);
    await table.getByRole('button', { name: 'Key: id' }).click();
    await table.getByRole('button', { name: 'Key: id' }).click();
    expect(await table.locator('tbody td.key').allInnerTexts()).toEqual(['48211999', '44', '43', '42', '17']);
    const columns = table.locator('tbody').nth(3).locator('th.column');
    expect(await columns.allInnerTexts()).toEqual(['status', 'total', 'note']);
  });

  it('sorts keys as numbers', async () => {
    const { result, differences } = damagedRun({ rows: 1000, length: 5 });
    const rows = await collectHtmlRows({ result, differences, showValues: true });
    const { page } = await browser.open(formatReport(result, { format: 'html', rows }));
    await page.getByRole('columnheader', { name: 'Source' }).last().getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Key: id' }).getByRole('button').click();
    const keys = (await page.locator('table.rows tbody td.key').allInnerTexts()).map(Number);
    expect(keys.some((key) => key > 9)).toBe(true);
    expect(keys).toEqual(keys.toSorted((one, other) => one - other));
  });

  it('filters by kind and searches for words, and says how many are left', async () => {
    const { page } = await browser.open(mixed);
    await page.getByLabel('Show only, in the tables').selectOption('verified');
    expect(await linesOf(page, 'the tables')).toHaveLength(2);
    await page.getByRole('searchbox', { name: 'Search in the tables' }).fill('ITEMS');
    expect(await linesOf(page, 'the tables')).toEqual(['shop.items → public.items']);
    expect(await page.getByRole('status').first().innerText()).toBe('1 of 6 shown');
    await page.getByRole('searchbox', { name: 'Search in the tables' }).fill('');
    await page.getByLabel('Show only, in the tables').selectOption('all');
    expect(await linesOf(page, 'the tables')).toHaveLength(6);
    expect(await page.getByRole('status').first().innerText()).toBe('');
  });

  it('is read by a screen reader: landmarks, headings, heads of columns, names of controls and pictures', async () => {
    const { result, differences } = damagedRun({ rows: 1000, length: 5 });
    const rows = await collectHtmlRows({ result, differences, showValues: true });
    const { page } = await browser.open(formatReport(result, { format: 'html', rows }));
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    for (const landmark of ['banner', 'main', 'contentinfo', 'navigation'] as const)
      expect(await page.getByRole(landmark).count()).toBe(1);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    expect(await page.getByRole('img', { name: /^changed rows: 1,000, in \d+ of 500/ }).count()).toBe(1);
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName[1]))",
    );
    expect(levels.every((level, at) => level <= (levels[at - 1] ?? 0) + 1)).toBe(true);
    const unnamed = `[...document.querySelectorAll('input,select,button,nav,svg')].filter(
      (each) => (each.getAttribute('aria-label') ?? each.textContent).trim() === '').length`;
    expect(await page.evaluate(unnamed)).toBe(0);
    expect(await page.locator('thead th:not([scope])').count()).toBe(0);
    expect(
      await page.getByRole('table', { name: 'Differing rows of shop.readings → public.readings' }).count(),
    ).toBe(1);
  });

  it('is reached by the keyboard from the first key on', async () => {
    const { page } = await browser.open(mixed);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the tables');
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#tables$/);
  });

  it.each(['light', 'dark'] as const)('has colours that can be told apart: %s', async (colorScheme) => {
    const { page } = await browser.open(mixed, { colorScheme });
    const ratios = await page.evaluate<(readonly [string, number])[]>(CONTRASTS);
    expect(ratios.length).toBeGreaterThan(10);
    expect(ratios.filter(([, ratio]) => ratio < 4.5)).toEqual([]);
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
  });

  it('prints on A4 without controls, with what is folded up and with page one by itself', async () => {
    const { result, differences } = damagedRun({ rows: 1000, length: 5 });
    const rows = await collectHtmlRows({ result, differences, showValues: true });
    const { page } = await browser.open(formatReport(result, { format: 'html', rows }), {
      javaScriptEnabled: false,
      colorScheme: 'dark',
    });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('table.places').isVisible()).toBe(true);
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(0, 0, 0)');
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    expect(pdf).toMatch(/\/MediaBox \[0 0 59[45][.\d]* 84[12][.\d]*\]/);
    const withScript = await browser.open(formatReport(mixedResult(), { format: 'html' }));
    await withScript.page.emulateMedia({ media: 'print' });
    expect(await withScript.page.locator('.tools').first().isVisible()).toBe(false);
  });

  it('opens within seconds with 100,000 differing rows and wide values', async () => {
    const { result, differences } = damagedRun({ rows: 100_000, length: 3000 });
    const rows = await collectHtmlRows({ result, differences, showValues: true });
    const markup = formatReport(result, { format: 'html', rows });
    const started = performance.now();
    const { page, complaints } = await browser.open(markup);
    expect(await page.locator('table.rows tbody').count()).toBeGreaterThan(25);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(complaints).toEqual([]);
  });

  it('fits a telephone: the page itself is never wider than the window', async () => {
    const { page } = await browser.open(mixed, { viewport: { width: 390, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const { page: plain } = await browser.open(
      formatReport(sampleResult([sampleTable()]), { format: 'html' }),
      { viewport: { width: 390, height: 800 } },
    );
    expect(await plain.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
