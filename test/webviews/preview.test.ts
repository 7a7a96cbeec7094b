import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { versionPage } from './examples.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { modelPage } from './model-examples.ts';

let harness: Harness;
let opened: OpenedPage;
beforeAll(async () => {
  harness = await startHarness();
});
afterEach(() => opened.close());
afterAll(() => harness.close());

const kept = () => opened.sent.filter(({ method }) => method === 'keep').length;

describe('a page that is a preview', () => {
  it('tells once that something was done with it, and not that it is read', async () => {
    opened = await harness.open({ kind: 'version', data: async () => versionPage(), isPreview: true });
    const { page } = opened;
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await page.mouse.wheel(0, 300);
    await page.keyboard.press('Tab');
    await page.keyboard.press('PageDown');
    await opened.settled();
    expect(kept()).toBe(0);
    await page.getByRole('button', { name: 'Copy artifact digest' }).click();
    await page.getByRole('heading', { name: 'Files' }).click();
    await opened.settled();
    expect(kept()).toBe(1);
  });

  it('tells it before what is done', async () => {
    opened = await harness.open({ kind: 'version', data: async () => versionPage(), isPreview: true });
    const { page } = opened;
    const promote = page.getByRole('button', { name: 'Promote…' });
    await promote.focus();
    await page.keyboard.press('Enter');
    await opened.settled();
    expect(opened.sent.map(({ method }) => method).filter((method) => ['keep', 'act'].includes(method))).toEqual([
      'keep',
      'act',
    ]);
  });

  it('tells it when something is chosen with the keyboard', async () => {
    opened = await harness.open({ kind: 'model', data: async () => modelPage(), isPreview: true });
    const choice = opened.page.getByRole('combobox').first();
    await choice.focus();
    await opened.page.keyboard.press('ArrowDown');
    await expect.poll(kept).toBe(1);
  });

  it('says nothing of it otherwise', async () => {
    opened = await harness.open({ kind: 'version', data: async () => versionPage() });
    await opened.page.getByRole('button', { name: 'Copy artifact digest' }).click();
    await opened.settled();
    expect(kept()).toBe(0);
  });
});

describe('a page in a webview that showed another', () => {
  it('begins at its top, although the editor scrolls it to where the one before was', async () => {
    opened = await harness.open({
      kind: 'version',
      data: async () => versionPage(),
      comesWith: versionPage(),
      turn: 1,
      height: 400,
      before: `addEventListener('load', () => scrollTo({ top: 350, behavior: 'instant' }))`,
    });
    const { page } = opened;
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await opened.settled();
    expect(await page.evaluate('scrollY')).toBe(0);
  });

  it('begins where nobody has scrolled, and asks as another', async () => {
    let turn = 1;
    opened = await harness.open({
      kind: 'version',
      data: async () => versionPage(),
      height: 400,
      get turn() {
        return turn;
      },
    });
    const { page } = opened;
    const saved = () => page.evaluate(`sessionStorage.getItem('state')`);
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await opened.settled();
    await page.evaluate(`scrollTo({ top: 700, behavior: 'instant' })`);
    await expect.poll(saved).toContain('"":[0,700]');
    await page.reload();
    await expect.poll(() => page.evaluate('scrollY')).toBe(700);
    turn = 2;
    await page.reload();
    await page.getByRole('heading', { name: 'fraud-detector' }).waitFor();
    await opened.settled();
    expect(await page.evaluate('scrollY')).toBe(0);
    expect(await saved()).not.toContain('700');
  });
});
