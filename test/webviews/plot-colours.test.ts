import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { paramColumn, plotsColumns, plotsPage } from './plots-examples.ts';
import { themeNames } from './themes.ts';

let harness: Harness;
let opened: OpenedPage;

const COUNT = 400;
const all = Array.from({ length: COUNT }, (_, index) => index);
const isBest = (index: number) => index === COUNT - 1;

beforeAll(async () => {
  harness = await startHarness();
  // All but one are bad, and equal: their lines and points lie over each other.
  const columns = plotsColumns(
    {
      params: ['one', 'other'].map((name) =>
        paramColumn(
          name,
          all.map((index) => (isBest(index) ? '9' : '1')),
        ),
      ),
      metrics: [{ name: 'auc', values: all.map((index) => (isBest(index) ? 1 : 0)) }],
      total: COUNT,
    },
    COUNT,
  );
  opened = await harness.open({ kind: 'plots', data: async () => plotsPage(columns), width: 1000 });
  await opened.page.locator('.parallel-plot canvas').waitFor();
});
afterAll(() => harness.close());

/** How strong the strongest of what is painted in the lowest pixels is, away from the axes, and how strong the low end of the legend is: distances from the ground. */
const strengths = (canvas: string) =>
  opened.page.evaluate<{ painted: number; legend: number }>(`(() => {
    const canvas = document.querySelector('${canvas}');
    const rows = Math.round(canvas.height / 4);
    const pen = new OffscreenCanvas(1, rows).getContext('2d', { willReadFrequently: true });
    const seen = (paint) => {
      pen.fillStyle = getComputedStyle(document.body).backgroundColor;
      pen.fillRect(0, 0, 1, rows);
      paint();
      return [...pen.getImageData(0, 0, 1, rows).data];
    };
    const bare = seen(() => {});
    const strength = (paint) => Math.max(...seen(paint).map((part, at) => Math.abs(part - bare[at])));
    const { backgroundImage } = getComputedStyle(document.querySelector('.tint-scale'));
    const legend = strength(() => {
      [pen.fillStyle] = backgroundImage.match(/(rgba?|color|oklab)\\([^)]*\\)/g);
      pen.fillRect(0, 0, 1, rows);
    });
    const painted = strength(() => pen.drawImage(canvas, -Math.round(canvas.width * 0.3), rows - canvas.height));
    return { painted, legend };
  })()`);

it.each(themeNames)(
  'draws hundreds of bad lines over each other as one, by the legend, in the theme %s',
  async (theme) => {
    await opened.setTheme(theme);
    await expect
      .poll(async () => {
        const { painted, legend } = await strengths('.parallel-plot canvas');
        return legend > 15 && Math.abs(painted - legend) <= 2;
      })
      .toBe(true);
  },
);

it('draws what is filtered out fainter than the worst of what is left, however much it is', async () => {
  await opened.setTheme('light');
  const { page } = opened;
  await page.getByLabel('auc at least').fill('0.5');
  await page.getByLabel('auc at least').press('Enter');
  await expect.poll(() => page.locator('#versions .count').innerText()).toBe('1');
  await expect
    .poll(async () => {
      const { painted, legend } = await strengths('.parallel-plot canvas');
      return painted > 5 && painted < legend - 10;
    })
    .toBe(true);
  await page.getByRole('button', { name: 'Clear all filters' }).click();
});
