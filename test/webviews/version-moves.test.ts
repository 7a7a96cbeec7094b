import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { VersionPageData } from '../../src/extension/messages/page-data.ts';
import { courses, versionDetails, versionPage } from './examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(data: VersionPageData, options: Partial<OpenOptions<'version'>> = {}) {
  opened = await harness.open({ kind: 'version', data: async () => data, ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the links to its sections', () => {
  it('cover nothing that they lead to, however many rows they take', async () => {
    const texts = JSON.parse(await readFile('l10n/bundle.l10n.de.json', 'utf8'));
    const page = await open(versionPage(versionDetails(2, { hasHistory: true })), {
      ...{ width: 720, history: courses(), language: { tag: 'de', texts } },
    });
    const contents = page.locator('.contents');
    const heightOf = () => contents.evaluate((links) => links.getBoundingClientRect().height);
    const rows = new Set<number>();
    for (const width of [720, 1200]) {
      await page.setViewportSize({ width, height: 900 });
      const padding = () => page.evaluate<string>('getComputedStyle(document.documentElement).scrollPaddingTop');
      await expect.poll(async () => padding()).toBe(`${(await heightOf()) + 8}px`);
      await contents.locator('a[href="#lineage"]').click();
      const top = await page.locator('#lineage h2').evaluate((heading) => heading.getBoundingClientRect().top);
      expect(top).toBeGreaterThanOrEqual(await heightOf());
      rows.add(await heightOf());
    }
    expect(rows.size).toBe(2);
  });
});

describe('the space bar', () => {
  it('presses a button of the editor’s own kind, and scrolls nothing then', async () => {
    const page = await open(versionPage(), { height: 300 });
    await page.evaluate(
      "addEventListener('keydown', ({ defaultPrevented }) => { globalThis.isTaken = defaultPrevented; })",
    );
    const button = page.locator('vscode-button', { hasText: 'Copy link' });
    await button.press(' ');
    await expect.poll(() => opened.sent.filter(({ method }) => method === 'act')).toHaveLength(1);
    expect(await page.evaluate('isTaken')).toBe(true);
    await page.locator('.contents a').first().press(' ');
    expect(await page.evaluate('isTaken')).toBe(false);
  });
});
