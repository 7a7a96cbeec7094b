import { afterAll, beforeAll, expect, it } from 'vitest';
import { comparison } from './comparison-examples.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { allScreens } from './screens.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** Tables that 320 pixels have no room for. */
const wide = [
  ['comparison', 'typical', '.scroll-both'],
  ['comparison', 'tensors', '.tensor-scroller'],
  ['modelFile', 'typical', '.tensor-scroller'],
  ['plots', 'typical', '#versions .scroll-x'],
] as const;

/** How many in a hundred pixels just within the right edge of a table aren't its ground. */
async function shaded({ page }: OpenedPage, selector: string, part: 'rows' | 'heads' = 'rows'): Promise<number> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error('There is no such table.');
  const top = await page.evaluate<number>('scrollY');
  // Beside its border, and below its heads, which cover what is scrolled.
  const [below, height] = part === 'rows' ? [160, 120] : [3, 18];
  const clip = { x: Math.floor(box.x + box.width) - 5, y: box.y + top + below, width: 1, height };
  const picture = (await page.screenshot({ clip, fullPage: true })).toString('base64');
  const reader = await page.context().newPage();
  const share = await reader.evaluate<number>(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${picture}';
    await image.decode();
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    let other = 0;
    for (let at = 0; at < data.length; at += 4) if (Math.max(data[at], data[at + 1], data[at + 2]) > 52) other += 1;
    return Math.round((100 * other) / (data.length / 4));
  })()`);
  await reader.close();
  return share;
}

it.each(wide)('shows on the page %s, %s, at which side there is more of a table', async (kind, state, selector) => {
  const screen = allScreens.find((other) => other.kind === kind && other.state === state);
  const opened = await screen?.open(harness, { width: 320, height: 900, theme: 'dark' });
  if (!opened) throw new Error('There is no such screen.');
  const { page } = opened;
  const table = page.locator(selector);
  expect(await table.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeGreaterThan(40);
  for (const colours of ['none', 'active'] as const) {
    await page.emulateMedia({ forcedColors: colours, colorScheme: 'dark', reducedMotion: 'reduce' });
    await opened.settled();
    await table.evaluate((element) => element.scrollTo({ left: 0 }));
    await expect.poll(() => shaded(opened, selector)).toBeGreaterThan(80);
    const heads = () => (selector === '.tensor-scroller' ? shaded(opened, selector, 'heads') : undefined);
    await expect.poll(async () => (await heads()) ?? 100).toBeGreaterThan(80);
    await table.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
    await expect.poll(() => shaded(opened, selector)).toBeLessThan(40);
    await expect.poll(async () => (await heads()) ?? 0).toBeLessThan(40);
  }
  expect(opened.errors).toEqual([]);
  await opened.close();
});

it.each([
  ['comparison', 'tensors'],
  ['modelFile', 'typical'],
] as const)('shows names of tensors beside the shade at its edge, on the page %s, %s', async (kind, state) => {
  const screen = allScreens.find((other) => other.kind === kind && other.state === state);
  const opened = await screen?.open(harness, { width: 320, height: 900, theme: 'dark' });
  if (!opened) throw new Error('There is no such screen.');
  for (const width of [280, 320, 400]) {
    await opened.page.setViewportSize({ width, height: 900 });
    await opened.settled();
    const { ends, seen } = await opened.page.evaluate<{ ends: number[]; seen: number }>(`(() => {
      const scroller = document.querySelector('.tensor-scroller');
      const ends = [...scroller.querySelectorAll('.tensor-name .ellipsis')].map((name) => name.getBoundingClientRect().right);
      return { ends, seen: scroller.getBoundingClientRect().left + scroller.clientLeft + scroller.clientWidth };
    })()`);
    expect(ends.length).toBeGreaterThan(10);
    // The shade is 12 wide, and nearly clear where it begins.
    expect(Math.max(...ends)).toBeLessThanOrEqual(seen - 11);
  }
  await opened.close();
});

it('shows beside the heads of compared versions, too, at which side there is more', async () => {
  const screen = allScreens.find(({ kind, state }) => kind === 'comparison' && state === 'filtered');
  const opened = await screen?.open(harness, { width: 320, height: 900, theme: 'dark' });
  if (!opened) throw new Error('There is no such screen.');
  const table = opened.page.locator('.scroll-both');
  expect(await opened.page.locator('.comparison tbody tr').count()).toBe(0);
  await expect.poll(() => shaded(opened, '.scroll-both', 'heads')).toBeGreaterThan(80);
  await table.evaluate((element) => element.scrollTo({ left: element.scrollWidth }));
  await expect.poll(() => shaded(opened, '.scroll-both', 'heads')).toBeLessThan(40);
  await opened.close();
});

it('breaks long names before a comparison of two versions is wider than half a narrow window', async () => {
  const compared = comparison(2);
  const metrics = compared.metrics.map((row, place) => ({ ...row, name: `weighted_calibration_error_${place}` }));
  const data = async () => ({ ...compared, metrics });
  const opened = await harness.open({ kind: 'comparison', data, width: 540, height: 700 });
  const table = opened.page.locator('.scroll-both');
  await table.waitFor();
  await opened.settled();
  expect(await table.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await opened.close();
});
