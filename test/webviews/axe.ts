import axe from 'axe-core';
import type { Page } from 'playwright-core';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Rows are like those before them; ten thousand would take minutes. */
const more = [['tr:nth-child(n + 8)'], ['li:nth-child(n + 8)'], ['tbody:nth-of-type(n + 12)']];

/** What axe-core finds on the page, one line for each element; with `part`, of contrast alone or of all else. */
export async function axeViolations(page: Page, part?: 'contrast' | 'all else'): Promise<readonly string[]> {
  const isThere = await page.evaluate('typeof axe === "object"');
  if (isThere !== true) await page.evaluate(axe.source);
  const options: axe.RunOptions = {
    runOnly: part === 'contrast' ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: rules },
    resultTypes: ['violations'],
    // Its copies of style sheets would be refused by the page's policy.
    preload: false,
    // Chromium, which is what the editor runs in, lets the keyboard into whatever scrolls: the test of keyboards looks at that.
    ...(part === 'contrast'
      ? {}
      : {
          rules: {
            'scrollable-region-focusable': { enabled: false },
            'color-contrast': { enabled: part === undefined },
          },
        }),
  };
  const results = await page.evaluate<axe.AxeResults>(
    `axe.run({ exclude: ${JSON.stringify(more)} }, ${JSON.stringify(options)})`,
  );
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 5)
      .map(
        ({ target, failureSummary = '' }) =>
          `${id}: ${help}: ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
      ),
  );
}
