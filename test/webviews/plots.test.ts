import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlotsPageData } from '../../src/extension/messages/page-data.ts';
import { idOf } from './examples.ts';
import { type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';
import { extremePlots, plotsPage } from './plots-examples.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(data: PlotsPageData = plotsPage(), options: Partial<OpenOptions<'plots'>> = {}) {
  opened = await harness.open({ kind: 'plots', data: async () => data, ...options });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

const rowCount = () => opened.page.locator('#versions .count').innerText();
const firstRow = () => opened.page.locator('#versions tbody tr').first();

describe('the page of many versions', () => {
  it('orders them by the metric, and tells which param goes with it', async () => {
    const page = await open();
    const text = await page.locator('main').innerText();
    for (const expected of ['fraud-detector', '200 versions', 'higher is better', 'seed=42', 'log'])
      expect(text).toContain(expected);
    expect(await page.locator('.parallel-head').last().innerText()).toContain('test_auc');
    expect(await rowCount()).toBe('200');
    const values = await page.locator('#versions td.best').allInnerTexts();
    const numbers = values.slice(0, 50).map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a));
    const told = page.locator('.axis-table tr', { hasText: 'learning_rate' });
    expect(await told.locator('td').first().innerText()).toMatch(/^[+−]0\.\d\d$/);
    expect(opened.errors).toEqual([]);
    expect(opened.ignored).toEqual([]);
  });

  it('keeps the versions in the part of an axis that is dragged over, and all again at a click', async () => {
    const page = await open();
    const box = await page.locator('.parallel-plot canvas').boundingBox();
    if (!box) throw new Error('There is no picture.');
    const x = box.x + box.width - 60;
    await page.mouse.move(x, box.y + 5);
    await page.mouse.down();
    await page.mouse.move(x, box.y + 60, { steps: 3 });
    await page.mouse.up();
    await expect.poll(async () => Number(await rowCount())).toBeLessThan(150);
    await page.getByText(/\d+ pass the filters/).waitFor();
    await page.mouse.click(x, box.y + 200);
    await expect.poll(rowCount).toBe('200');
  });

  it('is filtered by fields too, and the filters outlive a reload', async () => {
    const page = await open();
    await page.getByRole('checkbox', { name: 'sgd' }).uncheck();
    await page.getByLabel('max_depth at least').fill('9');
    await page.getByLabel('max_depth at least').press('Enter');
    await expect.poll(async () => Number(await rowCount())).toBeLessThan(60);
    const few = await rowCount();
    await page.getByLabel('max_depth at most').fill('many');
    await page.getByLabel('max_depth at most').press('Enter');
    const said = () =>
      page.locator('input.bound:invalid').evaluate((field: HTMLInputElement) => field.validationMessage);
    await expect.poll(said).toBe('“many” isn’t a number.');
    await page.getByLabel('max_depth at most').fill('9,5');
    await page.getByLabel('max_depth at most').press('Enter');
    await expect.poll(async () => Number(await rowCount())).toBeLessThan(Number(few));
    await page.getByLabel('max_depth at most').fill('');
    await page.getByLabel('max_depth at most').press('Enter');
    await expect.poll(rowCount).toBe(few);
    expect(await page.locator('#versions tbody').innerText()).not.toContain('sgd');
    await page.reload();
    await expect.poll(rowCount).toBe(few);
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await expect.poll(rowCount).toBe('200');
  });

  it('is walked through by keys from the best on: Space takes a version, Enter opens it', async () => {
    const page = await open();
    const best = (await firstRow().locator('th').innerText()).trim();
    await page.locator('.parallel-plot').focus();
    await page.keyboard.press('Home');
    expect(await page.locator('.chart-glance').innerText()).toContain(best);
    // What it says lies over neither of the outer axes and their values.
    const [plot, glance] = await Promise.all(
      ['.parallel-plot', '.chart-glance'].map((part) => page.locator(part).boundingBox()),
    );
    expect((glance?.x ?? 0) - (plot?.x ?? 0)).toBeGreaterThan(60);
    await page.keyboard.press(' ');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect.poll(() => opened.sent.map(({ method }) => method)).toEqual(['openVersion', 'openComparison']);
    const [, { params } = { params: undefined }] = opened.sent;
    expect(params).toEqual({ versionIds: [idOf(Number(best.slice(1))), expect.any(String)] });
  });

  it('shows one param against the metric as points, which a drag filters', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Scatter' }).click();
    await page.locator('.version-chart canvas').waitFor();
    const over = await page.locator('.u-over').boundingBox();
    if (!over) throw new Error('There is no chart.');
    await page.mouse.move(over.x + over.width * 0.3, over.y + 5);
    await page.mouse.down();
    await page.mouse.move(over.x + over.width * 0.6, over.y + over.height * 0.5, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => Number(await rowCount())).toBeLessThan(150);
    await page.getByLabel('Against', { exact: true }).selectOption('param:optimizer');
    await page.locator('.version-chart').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => page.locator('.chart-glance').innerText()).toMatch(/optimizer.*adam/s);
    expect(opened.errors).toEqual([]);
  });

  it('gives a sign to what has a direction alone, at the heads of axes as in the table', async () => {
    const page = await open();
    const told = await page
      .locator('.axis-table tbody tr')
      .evaluateAll((rows) =>
        rows.map((row) => [row.querySelector('th')?.innerText.trim() ?? '', row.querySelector('td')?.innerText ?? '']),
      );
    const inTable = new Map(told.map(([name = '', text = '']) => [name, /\d/.test(text) ? text : '']));
    const heads = await page
      .locator('.parallel-head')
      .evaluateAll((all) =>
        all.map((head) => [head.querySelector('b')?.innerText ?? '', head.querySelector('.muted')?.textContent ?? '']),
      );
    const atHeads = heads.map(([name = '', text = '']) => [name, text] as const);
    const signOf = (name: string) => (name === 'optimizer' ? 'η' : 'ρ');
    expect(atHeads).toEqual(
      atHeads.map(([name]) => [name, inTable.get(name) ? `${signOf(name)} = ${inTable.get(name)}` : '']),
    );
    expect(await page.locator('.plot-legend').innerText()).toMatch(/ρ: rank correlation.*η: correlation ratio/s);
    expect(await page.locator('.parallel-head', { hasText: 'learning_rate' }).getAttribute('title')).toMatch(
      /^learning_rate\nRank correlation with test_auc: [+−]0\.\d\d\nlogarithmic$/,
    );
    expect(inTable.get('optimizer')).toMatch(/^0\.\d\d$/);
    expect(inTable.get('learning_rate')).toMatch(/^[+−]0\.\d\d$/);
  });

  it('names whole numbers on an axis by themselves, and writes minus and exponents as its table does', async () => {
    const { columns } = plotsPage();
    const values = columns.versions.map((_, index) => (index % 2 === 0 ? -1e300 * index : index));
    const page = await open(plotsPage({ metrics: [{ name: 'cost', values }] }));
    const ticks = (axis: string) =>
      page.evaluate<readonly string[]>(`(() => {
        const heads = [...document.querySelectorAll('.parallel-head')];
        const { left } = heads.find((head) => head.innerText.includes('${axis}')).getBoundingClientRect();
        const right = heads.find((head) => head.innerText.includes('${axis}')).getBoundingClientRect().right;
        return [...document.querySelectorAll('.parallel-tick')].filter((tick) => {
          const box = tick.getBoundingClientRect();
          return box.right > left && box.left < right + 8;
        }).map((tick) => tick.innerText);
      })()`);
    expect(await ticks('max_depth')).toEqual(['2', '4', '7', '9', '11']);
    expect(await ticks('cost')).toEqual(['−2e302', '−1.5e302', '−9.9e301', '−5e301', '0']);
    const cells = await page.locator('#versions td.best').allInnerTexts();
    expect(cells.filter((text) => /-\d.*e|e\+/.test(text))).toEqual([]);
    expect(await page.locator('.tint-key').innerText()).toMatch(/−1\.98e302.*199/s);
    expect(await page.getByLabel('cost at least').getAttribute('placeholder')).toBe('−1.98e302');
    await page.getByLabel('cost at least').fill('−1e301');
    await page.getByLabel('cost at least').press('Enter');
    await expect.poll(async () => Number(await rowCount())).toBeLessThan(120);
    await expect.poll(() => page.getByLabel('cost at least').inputValue()).toBe('−1e301');
  });

  it('has a legend with the very colours of its lines and points, and one of their shapes', async () => {
    // What is painted is noted as the page paints it.
    const before = `
      globalThis.strokes = new Set();
      const { stroke } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.stroke = function () { globalThis.strokes.add(this.strokeStyle); stroke.call(this); };`;
    const page = await open(plotsPage(), { before });
    const strayEnds = () =>
      page.evaluate<readonly string[]>(`(() => {
        const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        const seen = (colour) => {
          for (const part of [getComputedStyle(document.body).backgroundColor, colour]) {
            pen.fillStyle = part;
            pen.fillRect(0, 0, 1, 1);
          }
          return pen.getImageData(0, 0, 1, 1).data.join();
        };
        const painted = new Set([...globalThis.strokes].map(seen));
        const { backgroundImage } = getComputedStyle(document.querySelector('.tint-scale'));
        const stops = backgroundImage.match(/(rgba?|color|oklab)\\([^)]*\\)/g);
        return [stops.at(0), stops.at(-1)].filter((stop) => !painted.has(seen(stop)));
      })()`);
    await expect.poll(strayEnds).toEqual([]);
    expect(await page.locator('.plot-legend .shape-key').count()).toBe(0);
    await page.getByRole('button', { name: 'Scatter' }).click();
    await page.evaluate('globalThis.strokes.clear()');
    await page.getByLabel('Against', { exact: true }).selectOption('param:max_depth');
    await expect.poll(() => page.evaluate('globalThis.strokes.size')).toBeGreaterThan(5);
    await expect.poll(strayEnds).toEqual([]);
    expect(await page.locator('.plot-legend').innerText()).toMatch(
      /candidate\s*194\s*production\s*1\s*5 versions without a value/,
    );
    expect(await page.locator('.axis-name').innerText()).toBe('max_depth');
  });

  it('follows another metric, for which lower is better', async () => {
    const page = await open();
    await page.getByLabel('Metric', { exact: true }).selectOption('train.loss');
    await page.getByText('lower is better').waitFor();
    const values = (await page.locator('#versions td.best').allInnerTexts()).slice(0, 20).map(Number);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  it('puts its table in order of any column, by a click or the keyboard', async () => {
    const page = await open();
    const head = (name: string) => page.locator('#versions th[scope=col]', { hasText: name });
    const numbers = async (from: string) =>
      (await page.locator(`#versions tbody ${from}`).allInnerTexts()).map((text) => Number(text.replace('@', '')));
    expect(await head('test_auc').getAttribute('aria-sort')).toBe('descending');
    await head('Version').getByRole('button').click();
    await expect.poll(() => head('Version').getAttribute('aria-sort')).toBe('descending');
    const newestFirst = await numbers('th');
    expect(newestFirst).toEqual(newestFirst.toSorted((a, b) => b - a));
    await head('max_depth').getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => head('max_depth').getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Enter');
    await expect.poll(() => head('max_depth').getAttribute('aria-sort')).toBe('descending');
    const place = (await page.locator('#versions th[scope=col]').allInnerTexts()).indexOf('max_depth');
    const depths = await numbers(`tr > :nth-child(${place + 2})`);
    expect(depths).toEqual(depths.toSorted((a, b) => b - a));
    expect(new Set(depths).size).toBeGreaterThan(1);
  });

  it('takes nothing for a choice that isn’t one', async () => {
    const page = await open();
    await page.evaluate(`sessionStorage.setItem('state', JSON.stringify({ ui: {
      filters: '[["param:max_depth",["x",{}]],"__proto__",[1]]', axes: '{"length":3}', picked: '[[', across: '__proto__', sort: '__proto__ down' } }))`);
    await page.reload();
    await page.locator('h1').waitFor();
    expect(opened.errors).toEqual([]);
    await expect.poll(rowCount).toBe('200');
    expect(opened.errors).toEqual([]);
  });

  it('draws thousands with names and numbers at their worst, in a narrow page', async () => {
    const page = await open(extremePlots(), { width: 260 });
    await page.getByText('the newest 3,000 of 123,456 versions').waitFor();
    await page.locator('.parallel-plot canvas').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(260);
    expect(await page.locator('main img').count()).toBe(0);
    expect(opened.errors).toEqual([]);
  });

  it('leads to the page of the model where nothing but the metric differs', async () => {
    const { columns } = plotsPage();
    const versions = columns.versions.slice(0, 1);
    const page = await open(
      plotsPage({ versions, params: [], metrics: [{ name: 'test_auc', values: [0.9] }], total: 1 }),
    );
    await page.getByText('One version alone differs from nothing.').waitFor();
    expect(await page.getByRole('button', { name: 'Compare' }).count()).toBe(0);
    await page.locator('.empty').getByRole('button', { name: 'fraud-detector' }).click();
    await expect.poll(() => opened.sent).toEqual([{ method: 'openModel', params: { modelId: columns.modelId } }]);
  });

  it('says what is missing where there is nothing to draw', async () => {
    const page = await open(
      plotsPage({ versions: [], params: [], metrics: [], same: [], total: 0 }, { query: 'auc>2' }),
    );
    await page.getByText('No version fits “auc>2”.').waitFor();
  });
});
