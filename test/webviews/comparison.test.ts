import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonPageData } from '../../src/extension/messages.ts';
import { comparison, idOf, longName, markup, versionSummary } from './examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(compared: ComparisonPageData, options: Partial<OpenOptions<'comparison'>> = {}) {
  opened = await harness.open({ kind: 'comparison', data: async () => compared, ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

describe('the comparison of versions', () => {
  it('measures against production, and says better or worse', async () => {
    const page = await open(comparison(3));
    expect(await page.locator('thead th').nth(2).innerText()).toMatch(/fraud-detector@3.*production.*baseline/s);
    const auc = await page.locator('tr', { hasText: 'test_auc' }).innerText();
    expect(auc).toMatch(/0\.91.*−0\.02 worse.*0\.92.*−0\.01 worse.*0\.93/s);
    expect(await page.locator('tr', { hasText: 'train.loss' }).innerText()).toContain('+0.04 worse');
    expect(opened.errors).toEqual([]);
  });

  it('says of which version the packages were not recorded, and marks no difference there', async () => {
    const page = await open({ ...comparison(2), hasDependencies: [true, false] });
    const numpy = page.locator('tr', { hasText: 'numpy' });
    expect(await numpy.innerText()).toMatch(/2\.0\.0.*not recorded/s);
    expect(await numpy.locator('.differs').count()).toBe(0);
  });

  it('follows what the project declares of a metric', async () => {
    const page = await open({ ...comparison(2), declared: { higher: [], lower: ['test_auc'] } });
    const auc = page.locator('tr', { hasText: 'test_auc' });
    expect(await auc.innerText()).toContain('+0.01 worse');
    expect(await auc.locator('th span').getAttribute('title')).toContain('lower is better');
  });

  it('measures against the first where none is in production, or against the one chosen', async () => {
    const page = await open(comparison(2));
    const auc = page.locator('tr', { hasText: 'test_auc' });
    expect(await auc.innerText()).toContain('+0.01 better');
    await page.getByLabel('Differences to').selectOption(idOf(2));
    await expect.poll(() => auc.innerText()).toContain('−0.01 worse');
  });

  it('puts rows that differ first, marks the cells, and hides the others when asked', async () => {
    const page = await open(comparison(3));
    const params = page.locator('tbody', { has: page.getByRole('button', { name: /^Params/ }) });
    expect(await params.locator('th[scope=row]').allInnerTexts()).toEqual([
      'learning_rate',
      'features',
      'seed',
      'max_depth',
    ]);
    expect(await params.locator('tr', { hasText: 'learning_rate' }).locator('.differs').count()).toBe(1);
    await page.getByText('Show only differences').click();
    await expect.poll(() => params.locator('th[scope=row]').allInnerTexts()).toEqual(['learning_rate', 'features']);
    await page.reload();
    await page.locator('h1').waitFor();
    expect(await params.locator('th[scope=row]').count()).toBe(2);
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
  });

  it('closes and opens a section with the keyboard', async () => {
    const page = await open(comparison(3));
    const toggle = page.getByRole('button', { name: /^Lineage/ });
    await toggle.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => toggle.getAttribute('aria-expanded')).toBe('false');
    expect(await page.getByText('4be1c0a9f3d0').count()).toBe(0);
    await page.keyboard.press('Enter');
    await page.getByText('4be1c0a9f3d0').waitFor();
  });

  it('opens and promotes the version of a column', async () => {
    const page = await open(comparison(3));
    await page.getByRole('button', { name: 'fraud-detector@2', exact: true }).click();
    await page.getByRole('button', { name: 'Promote fraud-detector@2…' }).click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openVersion', params: { ref: idOf(2) } },
        { method: 'act', params: { action: 'promote', versionId: idOf(2) } },
      ]);
  });

  it('keeps names and column heads in sight while eight versions scroll', async () => {
    const page = await open(comparison(8), { width: 700, height: 400 });
    const scroller = page.getByRole('region', { name: 'Comparison' });
    const place = () => page.locator('tr', { hasText: 'numpy' }).locator('th').boundingBox();
    const before = await place();
    await scroller.evaluate((element) => element.scrollTo({ left: 500, top: 200, behavior: 'instant' }));
    const after = await place();
    const head = await page.locator('thead th').first().boundingBox();
    const top = await scroller.boundingBox();
    expect(after?.x).toBe(before?.x);
    expect(head?.y).toBeCloseTo((top?.y ?? 0) + 1, 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(700);
  });

  it('stays within 320 pixels and injects nothing with hostile names', async () => {
    const hostile: ComparisonPageData = {
      ...comparison(2),
      versions: [versionSummary(1, { model: markup, stage: markup }), versionSummary(2, { model: longName })],
      params: [{ name: longName, values: [markup, longName], isDifferent: true }],
      metrics: [{ name: markup, values: ['NaN', markup], isDifferent: true }],
    };
    const page = await open(hostile, { width: 320 });
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(opened.errors).toEqual([]);
  });
});
