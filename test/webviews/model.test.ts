import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestHandlers } from '../../src/extension/messages/answers.ts';
import type { ModelPageData } from '../../src/extension/messages/page-data.ts';
import { idOf, longName, markup, versionSummary } from './examples.ts';
import { cutOff, type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';
import { day, modelOverview, modelPage, plotOf, tenuresOf } from './model-examples.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

const glance: RequestHandlers<'model'>['glance'] = async ({ number }) => ({
  version: versionSummary(number, { description: `Run ${number}` }),
});

async function open(data: ModelPageData = modelPage(), options: Partial<OpenOptions<'model'>> = {}) {
  opened = await harness.open({
    kind: 'model',
    data: async () => data,
    ...options,
    model: { glance, ...options.model },
  });
  await opened.page.locator('h1').waitFor();
  return opened.page;
}

const chart = () => opened.page.locator('.version-chart');
const current = () => opened.page.locator('.chart-glance');
const asked = (method: string) => opened.sent.filter((sent) => sent.method === method).map(({ params }) => params);

/** Presses on the chart at one place of it and lets go at another, in parts of its width and height. */
async function drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const box = await opened.page.locator('.u-over').boundingBox();
  if (!box) throw new Error('There is no chart.');
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await opened.page.mouse.move(...at(from));
  await opened.page.mouse.down();
  await opened.page.mouse.move(...at(to), { steps: 4 });
  await opened.page.mouse.up();
}

describe('the page of a model', () => {
  it('tells what it is, how many versions there are, and what served when, without any error', async () => {
    const page = await open();
    await chart().locator('canvas').waitFor();
    const text = await page.locator('main').innerText();
    for (const expected of [
      'fraud-detector',
      '39 versions: 34 candidates, 3 archived, 1 in staging, 1 in production',
      '@38 has been in production since',
      'by Grace Hopper',
      'Ada Lovelace (30)',
      'Formerly card-fraud',
      'champion',
      'owner=payments',
      'Scores card payments.',
      'higher is better',
      '3 versions without a value',
      'Twice as many complaints since this morning',
      '@5 (deleted)',
      '110 days',
      'Brazil is watched weekly.',
    ]) {
      expect(text).toContain(expected);
    }
    expect(opened.errors).toEqual([]);
    expect(opened.ignored).toEqual([]);
  });

  it('is walked through by arrow keys: each version says what it is, and Enter opens it', async () => {
    const page = await open();
    await chart().focus();
    await page.keyboard.press('End');
    await current().getByText('@40').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await current().getByText('@38').waitFor();
    const text = await current().innerText();
    expect(text).toContain('production');
    expect(text).toMatch(/test_auc 0\.\d+/);
    expect(text).toContain('Promoted');
    await current().getByText('Run 38').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => asked('openVersion')).toEqual([{ ref: idOf(38) }]);
  });

  it('selects by Shift and the arrow keys what a drag would, of all heights', async () => {
    const page = await open(modelPage(), {
      model: { plotted: async () => ({ items: [versionSummary(38)], total: 3 }) },
    });
    await chart().focus();
    for (const key of ['End', 'ArrowLeft', 'Shift+ArrowLeft', 'Shift+ArrowLeft']) await page.keyboard.press(key);
    await page.getByText('3 versions selected').waitFor();
    expect(asked('plotted').at(-1)).toMatchObject({ box: { across: [37, 39] } });
    expect(asked('plotted').at(-1)).not.toMatchObject({ box: { upright: expect.anything() } });
    await page.keyboard.press('Escape');
    await page.getByText('Drag over a part').waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('lists what a drag selects, compares what is ticked, and zooms into it', async () => {
    const items = [38, 39].map((number) => versionSummary(number));
    const page = await open(modelPage(), {
      model: { plotted: async () => ({ items, total: 12 }), plot: async () => plotOf(20) },
    });
    await chart().locator('canvas').waitFor();
    await drag([0.5, 0.02], [0.98, 0.6]);
    await page.getByText('12 versions selected, the best 2 of which are listed').waitFor();
    const [params] = asked('plotted');
    expect(params).toMatchObject({ metric: 'test_auc', across: { kind: 'number' }, isLowerBetter: false });
    const { box } = params as { box: { across: [number, number]; upright: [number, number] } };
    expect(box.across[0]).toBeGreaterThan(15);
    expect(box.across[1]).toBeLessThanOrEqual(41);
    expect(box.upright[0]).toBeLessThan(box.upright[1]);
    expect(asked('openVersion')).toEqual([]);
    await page.getByRole('button', { name: 'Compare the best 2' }).click();
    await page.getByLabel('Compare version 39').check();
    await page.getByLabel('Compare version 38').check();
    await page.getByText('@39, @38').waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await expect
      .poll(() => asked('openComparison'))
      .toEqual([{ versionIds: [idOf(38), idOf(39)] }, { versionIds: [idOf(39), idOf(38)] }]);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(() => asked('plot')).toEqual([{ metric: 'test_auc', across: { kind: 'number' }, box }]);
    await page.getByRole('button', { name: 'Show all versions' }).click();
    await page.getByText('Drag over a part').waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('tells at the line where a version came into production who brought it there, and why', async () => {
    const page = await open();
    await chart().locator('canvas').waitFor();
    const over = await page.locator('.u-over').boundingBox();
    if (!over) throw new Error('There is no chart.');
    // Along the lower edge, where no version is: the lines are met from left to right.
    const told = new Set<string>();
    for (let x = 2; x < over.width; x += 4) {
      await page.mouse.move(over.x + x, over.y + over.height - 2);
      for (const text of await current().allInnerTexts()) told.add(text);
    }
    expect(
      [...told].filter((text) => /^@20\s+Rolled back to .* by .*until .*\s+Twice as many/.test(text)),
    ).toHaveLength(1);
  });

  it('opens the version that is clicked', async () => {
    const page = await open(modelPage({ plot: plotOf(1) }));
    await chart().locator('canvas').waitFor();
    const over = await page.locator('.u-over').boundingBox();
    if (!over) throw new Error('There is no chart.');
    await page.mouse.move(over.x + 5, over.y + 5);
    await chart().focus();
    await page.keyboard.press('Home');
    const mark = await page.locator('.chart-current').boundingBox();
    if (!mark) throw new Error('No version is current.');
    await page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2);
    await expect.poll(() => asked('openVersion')).toEqual([{ ref: idOf(1) }]);
  });

  it('shows a param against the metric, texts by their places, and the same as a table', async () => {
    const points = [
      [0, 0.9, 1, 0],
      [1, 0.8, 2, 0],
      [1, 0.85, 3, 1],
    ] as const;
    const plot = { points, stages: ['candidate', 'production'], texts: ['adam', markup], total: 3, without: 37 };
    const page = await open(modelPage(), { model: { plot: async () => plot } });
    await page.getByLabel('Against', { exact: true }).selectOption('param:objective');
    await expect
      .poll(() => asked('plot'))
      .toEqual([{ metric: 'test_auc', across: { kind: 'param', name: 'objective' } }]);
    await page.getByText('37 versions without a value').waitFor();
    await page.getByLabel('as a table').check();
    const rows = page.locator('.plot-table tbody tr');
    expect(await rows.count()).toBe(3);
    expect(await rows.nth(0).innerText()).toContain('@3');
    expect(await rows.nth(0).innerText()).toContain(markup);
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByLabel('Compare version 1').check();
    await page.getByText('Tick 2 to 8').or(page.getByText('@1')).first().waitFor();
    expect(opened.errors).toEqual([]);
  });

  it('names what is on its axes, however great or small', async () => {
    // What is written on a canvas is noted as the page writes it.
    const before = `
      globalThis.written = [];
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        globalThis.written.push(text);
        fillText.call(this, text, ...place);
      };`;
    const written = async (values: readonly number[]) => {
      const points = values.map((value, index) => [index + 1, value, index + 1, 0] as const);
      const plot = { points, stages: ['candidate'], total: points.length, without: 0 };
      const page = await open(modelPage({ plot, tenures: { items: [] } }), { before });
      await chart().locator('canvas').waitFor();
      await expect.poll(() => page.evaluate('globalThis.written.length')).toBeGreaterThan(0);
      const texts = await page.evaluate<readonly string[]>('[...new Set(globalThis.written)]');
      expect(opened.errors).toEqual([]);
      await opened.close();
      return texts.filter((text) => !text.startsWith('@') && text !== '');
    };
    expect(await written([1e308, 1.5e308, 1.7e308])).toEqual(expect.arrayContaining(['1.2e308', '1.6e308']));
    expect(await written([-1.7e308, 1.7e308])).toEqual(expect.arrayContaining(['−1e308', '0', '1e308']));
    expect(await written([1e-300, 1e300])).toEqual(expect.arrayContaining(['1e-200', '1', '1e200']));
    expect(await written([-0.4, -0.1])).toEqual(expect.arrayContaining(['−0.40', '−0.10']));
    expect(await written([1e-20, 3e-20])).toEqual(expect.arrayContaining(['2e-20']));
    await open();
  });

  it('says what has no value, and whether that is in production', async () => {
    const [now] = tenuresOf();
    if (!now) throw new Error('Nothing is in production.');
    const few = { points: [[40, 0.9, 40, 0] as const], stages: ['candidate'], total: 1, without: 39 };
    const page = await open(modelPage({ plot: few, tenures: { items: [now] } }));
    await page.getByText('@38, which is in production, has no value').waitFor();
    await opened.close();
    const nothing = await open(modelPage({ plot: { ...few, points: [], total: 0, without: 40 } }));
    await nothing.getByText('No version has a value for test_auc.').waitFor();
  });

  it('has room for every label of its lower axis', async () => {
    const before = `
      globalThis.labels = [];
      const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        globalThis.labels = [];
        clearRect.apply(this, box);
      };
      CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
        const half = this.measureText(text).width / 2;
        if (this.textAlign === 'center') globalThis.labels.push([x - half, x + half, this.canvas.width]);
        fillText.call(this, text, x, y);
      };`;
    const one = (x: number) => ({ points: [[x, 0.93, 1, 0] as const], stages: ['candidate'], total: 1, without: 0 });
    const over: readonly (readonly [string, number])[] = [
      ['time', Date.parse(day(300))],
      ['param:learning_rate', 0.05],
    ];
    for (const [axis, x] of over) {
      for (const width of [320, 1200]) {
        const plot = async () => one(x);
        const page = await open(modelPage({ tenures: { items: [] } }), { before, width, model: { plot } });
        await page.getByLabel('Against', { exact: true }).selectOption(axis);
        await opened.settled();
        await expect.poll(() => page.evaluate('globalThis.labels.length')).toBeGreaterThan(0);
        const labels = await page.evaluate<readonly (readonly [number, number, number])[]>('globalThis.labels');
        for (const [place, [left, right, all]] of labels.entries()) {
          expect(left, axis).toBeGreaterThan(labels[place - 1]?.[1] ?? -1);
          expect(right, axis).toBeLessThanOrEqual(all);
        }
        await opened.close();
      }
    }
    await open();
  });

  it('tells what was in production at a moment', async () => {
    const holder = { model: 'fraud-detector', stage: 'production', number: 20, versionId: idOf(20) };
    const holders = [{ ...holder, since: day(90), by: { name: 'Ada', email: '' }, reason: '' }];
    const page = await open(modelPage(), {
      model: { heldAt: async ({ time }) => ({ time, seq: 3, holders: time < day(20) ? [] : holders }) },
    });
    const field = page.getByLabel('What was in production on');
    await field.fill('2026-05-03T12:00');
    await page.locator('.moment-answer').getByText('fraud-detector@20').waitFor();
    expect(asked('heldAt')).toEqual([{ time: '2026-05-03T12:00:00.000Z' }]);
    await field.fill('2026-01-02T12:00');
    await page.getByText('Nothing was in production then.').waitFor();
    await field.fill('2999-01-02T12:00');
    await page.getByText('That is in the future. Now it is: fraud-detector@20').waitFor();
    await page.locator('.time-strip svg').click({ position: { x: 4, y: 8 } });
    await expect.poll(() => asked('heldAt').length).toBe(4);
  });

  it('keeps its choices over a reload, and takes nothing else for one', async () => {
    const page = await open();
    await page.getByLabel('as a table').check();
    await page.evaluate(`sessionStorage.setItem('state', JSON.stringify({ ui: {
      across: '__proto__', zoom: '{"across":["x",1]}', selection: '[[', picked: '{"length":9}', table: true } }))`);
    await page.reload();
    await page.locator('.plot-table tbody tr').first().waitFor();
    expect(asked('plot')).toEqual([]);
    expect(opened.errors).toEqual([]);
  });

  it('says what is missing where there is no version, no metric, and no history', async () => {
    const empty = modelOverview({
      versions: 0,
      stageCounts: [],
      metricNames: [],
      paramNames: [],
      registeredBy: [],
      aliases: [],
    });
    const { latest: _latest, production: _production, ...model } = empty;
    const page = await open({ model, stage: 'production', tenures: { items: [] } });
    const text = await page.locator('main').innerText();
    for (const expected of [
      'No versions',
      'The model has no versions yet.',
      'No version has been in production so far.',
    ])
      expect(text).toContain(expected);
    expect(opened.errors).toEqual([]);
  });

  it('says why a plot couldn’t be read, and tries again', async () => {
    let attempts = 0;
    const page = await open(modelPage(), {
      model: {
        plot: async () => {
          attempts += 1;
          if (attempts === 1) throw new Error('The log is damaged.');
          return plotOf(3);
        },
      },
    });
    await page.getByLabel('Metric', { exact: true }).selectOption('train.loss');
    await page.getByText('The log is damaged.').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('lower is better').waitFor();
    await chart().locator('canvas').waitFor();
  });

  it('draws again when the registry has changed, and shows what it had meanwhile', async () => {
    const page = await open(modelPage(), { model: { plot: async () => plotOf(12) } });
    await page.getByLabel('Against', { exact: true }).selectOption('time');
    await expect.poll(() => asked('plot').length).toBe(1);
    await opened.changed();
    await expect.poll(() => asked('plot').length).toBe(2);
    await chart().locator('canvas').waitFor();
    expect(await page.getByText('Reading the versions…').count()).toBe(0);
  });

  it('has room in a narrow page, whatever names are like', async () => {
    const model = modelOverview({
      name: longName,
      tags: { [longName]: markup },
      metricNames: [`${longName}${markup}`],
      aliases: [{ alias: longName, number: 1, versionId: idOf(1) }],
    });
    for (const width of [260, 600, 1400]) {
      const page = await open(modelPage({ model, tenures: { items: tenuresOf(), next: '3.1' } }), { width });
      await chart().locator('canvas').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.locator('main img').count()).toBe(0);
      expect(await cutOff(page, '.timeline .reason')).toEqual([]);
      expect(opened.errors).toEqual([]);
      if (width !== 1400) await opened.close();
    }
  });
});
