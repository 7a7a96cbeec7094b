import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PageData, PageKind } from '../../src/extension/messages/page-data.ts';
import { comparison } from './comparison-examples.ts';
import { idOf, versionDetails, versionPage } from './examples.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { modelPage } from './model-examples.ts';
import { reviewPage } from './review-examples.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

const why = 'This folder is open in Restricted Mode, so its registry can only be looked at.';
const version = { ...versionPage(versionDetails(2, { stage: 'production' })), rollbackTo: 1 };
const isRestricted = true as const;

async function open<K extends PageKind>(kind: K, data: () => PageData[K]) {
  opened = await harness.open<K>({ kind, data: async () => data() });
  await opened.page.locator('h1').first().waitFor();
  return opened.page;
}

describe('a page in Restricted Mode', () => {
  it.each([
    'Promote…',
    'Roll back…',
    'Restore files…',
    'Archive…',
    'Set alias…',
    'Remove alias…',
    'Edit tags…',
    'Add note…',
    'Comment…',
    'Attach evaluation…',
    'Write the card…',
    'Save all…',
    'Save model.ubj as…',
    'Open the code that trained this…',
  ])('has “%s” not available, where the keyboard finds it and learns why', async (name) => {
    const page = await open('version', () => ({ ...version, isRestricted }));
    const button = page.getByRole('button', { name, exact: true });
    await button.focus();
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    const described = await button.getAttribute('aria-describedby');
    expect(await page.locator(`#${described}`).innerText()).toBe(why);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#announcer').innerText()).toBe(why);
    expect(opened.sent).toEqual([]);
  });

  it.each(['high-contrast', 'high-contrast-light'] as const)('can be read in the theme %s', async (theme) => {
    const page = await open('version', () => ({ ...version, isRestricted }));
    await opened.setTheme(theme);
    const contrast = await page.getByRole('button', { name: 'Edit tags…' }).evaluate((link) => {
      const { color, opacity } = getComputedStyle(link);
      const ground = getComputedStyle(document.body).backgroundColor;
      const parts = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
      const light = (channels: readonly number[]) =>
        channels
          .map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
          .reduce((sum, value, place) => sum + value * ([0.2126, 0.7152, 0.0722][place] ?? 0), 0);
      const behind = parts(ground);
      const seen = parts(color).map(
        (value, place) => value * Number(opacity) + (behind[place] ?? 0) * (1 - Number(opacity)),
      );
      const [dark = 0, bright = 0] = [light(seen), light(behind)].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05);
    });
    expect(contrast).toBeGreaterThanOrEqual(4.5);
  });

  it('still shows what is only looked at', async () => {
    const page = await open('version', () => ({ ...version, isRestricted }));
    await page.getByRole('button', { name: 'Copy reference' }).click();
    await page.getByRole('button', { name: 'Review…', exact: true }).click();
    expect(opened.sent.map(({ params }) => params)).toEqual([
      { action: 'copyReference', versionId: idOf(2) },
      { action: 'review', versionId: idOf(2) },
    ]);
  });

  it('leads to the editor’s own question, and is as others are once the folder is trusted', async () => {
    let isTrusted = false;
    const page = await open('version', () => ({ ...version, ...(isTrusted ? {} : { isRestricted }) }));
    await page.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await expect.poll(() => opened.sent).toEqual([{ method: 'manageTrust', params: {} }]);
    isTrusted = true;
    await opened.changed();
    await expect.poll(() => page.getByText(why).count()).toBe(0);
    const button = page.getByRole('button', { name: 'Roll back…' });
    expect(await button.getAttribute('aria-disabled')).toBe('false');
    await button.click();
    await expect.poll(() => opened.sent.at(-1)?.params).toEqual({ action: 'rollBack', versionId: idOf(2) });
  });

  it.each([
    ['comparison', () => ({ ...comparison(3), isRestricted }), 'Promote fraud-detector@2…'],
    ['model', () => ({ ...modelPage(), isRestricted }), 'Rename…'],
    ['review', () => reviewPage({ isTrusted: false }), 'Promote to production'],
  ] as const)('says so on a %s', async (kind, data, name) => {
    const page = await open(kind, data as () => PageData[typeof kind]);
    expect(await page.getByText(why).count()).toBe(1);
    const button = page.getByRole('button', { name, exact: true });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
  });
});
