import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GraphPageData } from '../../src/extension/messages/page-data.ts';
import { graphPage, idOf, longName, markup } from './examples.ts';
import { cutOff, type Harness, type OpenedPage, type OpenOptions, startHarness } from './harness.ts';

let harness: Harness;
let opened: OpenedPage;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());
afterEach(() => opened.close());

async function open(data: GraphPageData = graphPage(), options: Partial<OpenOptions<'graph'>> = {}) {
  opened = await harness.open({ kind: 'graph', data: async () => data, ...options });
  await opened.page.locator('svg').waitFor();
  return opened.page;
}

const focused = () => opened.page.evaluate('document.activeElement?.dataset.node');

describe('the graph of a version', () => {
  it('has what made it on its left and what it went into on its right', async () => {
    const page = await open();
    const left = async (name: string) => (await page.locator(`[data-node][title^="${name}"]`).boundingBox())?.x ?? 0;
    const places = await Promise.all(
      ['google/tabular-base', 'fraud-detector@1', 'fraud-detector@2', 'fraud-tiny@1'].map(left),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(4);
    expect(await page.locator('.graph-edge').count()).toBe(7);
    expect(await page.locator('main').innerText()).toContain(
      '3 versions descend from it: 1 in production, 2 candidates.',
    );
    expect(opened.errors).toEqual([]);
  });

  it('is walked through by arrow keys from the version itself, and Enter opens', async () => {
    const page = await open();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe(idOf(2));
    await page.keyboard.press('ArrowRight');
    expect([idOf(3), 'more']).toContain(await focused());
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(idOf(2));
    await page.keyboard.press('ArrowLeft');
    const before = await focused();
    await page.keyboard.press('ArrowDown');
    expect(await focused()).not.toBe(before);
    await page.locator('[data-node^="data "]').focus();
    await page.keyboard.press('Enter');
    await page.locator(`[data-node="${idOf(3)}"]`).focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-node^="environment "]').click();
    await expect
      .poll(() => opened.sent)
      .toEqual([
        { method: 'openGraph', params: { of: expect.stringMatching(/^data:/) } },
        { method: 'openVersion', params: { ref: idOf(3) } },
      ]);
    expect(await page.locator('[data-node][tabindex="0"]').count()).toBe(1);
    expect(opened.ignored).toEqual([]);
  });

  it('says to ears what hangs together', async () => {
    const page = await open();
    const name =
      'version fraud-detector@2, staging, made from 4be1c0a9f3d0, data/train.csv, Python 3.12.4, fraud-detector@1, went into fraud-tiny@1, 1 more';
    const button = page.getByRole('button', { name, exact: true });
    expect(await button.getAttribute('data-node')).toBe(idOf(2));
  });

  it('stands in a narrow page from top to bottom, without widening it, whatever names are like', async () => {
    const data = graphPage();
    const nodes = data.graph.nodes.map((node) => ({
      ...node,
      label: node.kind === 'data' ? `${markup}${longName}` : node.label,
    }));
    for (const width of [220, 600, 1400]) {
      const page = await open({ ...data, graph: { ...data.graph, nodes } }, { width });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.locator('main img').count()).toBe(0);
      const top = async (id: string) => (await page.locator(`[data-node="${id}"]`).boundingBox())?.y ?? 0;
      if (width < 640) expect(await top('base')).toBeLessThan(await top(idOf(1)));
      expect(opened.errors).toEqual([]);
      if (width !== 1400) await opened.close();
    }
  });

  it('shades the sides at which there is more, above its boxes', async () => {
    const page = await open(graphPage(), { width: 320 });
    const scroller = page.locator('.graph-scroller');
    const shaded = () =>
      page.evaluate(
        `['::before', '::after'].map((side) => getComputedStyle(document.querySelector('.graph-frame'), side).backgroundImage !== 'none')`,
      );
    await expect.poll(shaded).toEqual([true, true]);
    await scroller.evaluate((element) => element.scrollTo(0, 0));
    await expect.poll(shaded).toEqual([false, true]);
    await scroller.evaluate((element) => element.scrollTo(element.scrollWidth, 0));
    await expect.poll(shaded).toEqual([true, false]);
    await page.setViewportSize({ width: 1400, height: 900 });
    await expect.poll(shaded).toEqual([false, false]);
  });

  it('cuts nothing off of what descends from it in a narrow page, and heads what it tells', async () => {
    const page = await open(graphPage(), { width: 220 });
    for (const head of await page.locator('.descendants thead th').all())
      expect((await head.boundingBox())?.height).toBeGreaterThan(12);
    expect(await page.locator('.descendants thead').evaluate((heads) => getComputedStyle(heads).clipPath)).toBe('none');
    expect(await cutOff(page, 'table.narrow tbody td')).toEqual([]);
  });

  it('can be one thing alone', async () => {
    const { graph, impact } = graphPage();
    const page = await open({
      graph: { ...graph, nodes: graph.nodes.slice(0, 1), edges: [] },
      impact: { ...impact, total: 0, stages: [], items: [] },
    });
    expect(await page.locator('main').innerText()).toContain('No version descends from it.');
    expect(await page.locator('[data-node]').count()).toBe(1);
  });
});
