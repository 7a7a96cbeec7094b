import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';
import { allScreens } from './screens.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** What says something by a colour, a ground or a line alone. */
const telling = [
  ['model', 'selection', '.band-swatch, .version-chart .u-select, .strip-part, .timeline > li', 'canvas'],
  ['plots', 'filtered', '.view[aria-pressed="true"], .tint-scale, .parallel-brush', 'canvas'],
  ['comparison', 'curves', '.curve, .view[aria-pressed="true"]', undefined],
  ['graph', 'typical', '.graph-edge, .graph-node', undefined],
  ['version', 'typical', '.spark-curve, .tabs [aria-selected="true"]', undefined],
] as const;

it.each(telling)('keeps what is drawn on the page %s, %s, where the system gives the colours', async (...wanted) => {
  const [kind, state, selector, canvas] = wanted;
  const screen = allScreens.find((other) => other.kind === kind && other.state === state);
  const opened = await screen?.open(harness, { width: 1200, theme: 'light' });
  if (!opened) throw new Error('There is no such screen.');
  const { page } = opened;
  // White on black: nothing of the light theme could be seen.
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  await opened.settled();
  const lost = await page.evaluate<
    readonly string[]
  >(`[...document.querySelectorAll(${JSON.stringify(selector)})].filter((element) => {
    const looks = [getComputedStyle(element), getComputedStyle(element, '::before')];
    const dark = /rgba?\\(0, 0, 0|rgba\\(\\d+, \\d+, \\d+, 0\\)|^none$/;
    return !looks.some(({ fill, stroke, backgroundColor, backgroundImage, borderTopColor, borderTopWidth, borderBottomColor }) =>
      (element instanceof SVGElement && (!dark.test(stroke) || !dark.test(fill))) || !dark.test(backgroundColor) ||
      backgroundImage !== 'none' || (borderTopWidth !== '0px' && !dark.test(borderTopColor)) || !dark.test(borderBottomColor));
  }).map((element) => element.outerHTML.slice(0, 100))`);
  expect(await page.locator(selector).count()).toBeGreaterThan(0);
  expect(lost).toEqual([]);
  if (canvas !== undefined) {
    const light = await page.evaluate<number>(`(() => {
      const canvas = document.querySelector('${canvas}');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let light = 0;
      for (let at = 0; at < data.length; at += 4) if (Math.min(data[at], data[at + 1], data[at + 2]) > 200 && data[at + 3] > 200) light += 1;
      return light;
    })()`);
    expect(light).toBeGreaterThan(500);
  }
  await opened.close();
});
