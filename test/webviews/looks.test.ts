import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './axe.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { layoutFlaws } from './layout-flaws.ts';
import { allScreens, requiredStates } from './screens.ts';
import { themeNames } from './themes.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** More and longer texts have no other colours than few, and take most of the time to look at. */
const isAlike = (state: string) => state === 'extreme' || state === 'hostile';
/** With thousands of rows axe takes as long as for all else: `npm run screens` has it look at these, too. */
const isHuge = (kind: string, state: string) => state === 'extreme' && (kind === 'version' || kind === 'comparison');
/** States that only some pages have are looked at in two widths and two themes; in all of them by `npm run screens`. */
const isEverywhere = (state: string) => requiredStates.some((required) => required === state);

describe.each(allScreens)('$kind, $state', (screen) => {
  let opened: OpenedPage;

  beforeAll(async () => {
    opened = await screen.open(harness, { width: 1200 });
  });
  afterAll(() => opened.close());

  // Half as wide is what a page is at twice its size.
  it('cuts nothing off, lays nothing over anything, and is no wider than its window', async () => {
    const flaws: string[] = [];
    for (const width of isEverywhere(screen.state) ? [1200, 640, 320] : [1200, 320]) {
      await opened.page.setViewportSize({ width, height: 900 });
      await opened.settled();
      flaws.push(...(await layoutFlaws(opened.page)).map((flaw) => `${width}: ${flaw}`));
    }
    expect(flaws).toEqual([]);
  });

  it('needs nothing that its policy refuses, nothing from a network, and runs nothing that a registry says', async () => {
    expect([opened.errors, opened.ignored, opened.requested]).toEqual([[], [], []]);
    expect(await opened.page.evaluate('globalThis.injected')).toBeUndefined();
    expect(await opened.page.locator('main script, main img[onerror], main iframe').count()).toBe(0);
  });

  if (isHuge(screen.kind, screen.state)) return;

  it('has no violation that axe knows, in any theme', async () => {
    const violations: string[] = [];
    const themes = isEverywhere(screen.state) ? themeNames : themeNames.slice(0, 2);
    for (const theme of isAlike(screen.state) ? themes.slice(0, 1) : themes) {
      await opened.setTheme(theme);
      const part = theme !== 'dark' ? 'contrast' : isAlike(screen.state) ? 'all else' : undefined;
      const found = await axeViolations(opened.page, part);
      violations.push(...found.map((violation) => `${theme}: ${violation}`));
    }
    expect(violations).toEqual([]);
  });
});

describe('what tells flaws', () => {
  it('tells them', async () => {
    const screen = allScreens.find(({ kind, state }) => kind === 'graph' && state === 'error');
    const opened = await screen?.open(harness, { width: 320 });
    if (!opened) throw new Error('There is no such screen.');
    await opened.page.evaluate(`document.querySelector('main').innerHTML =
      '<div style="width: 400px">wide</div><p id="cut">a long text that is cut off</p><p id="pale">pale</p><button></button><table><tr><td id="cell">a word that is too long</td></tr></table><div id="idle"><p>short</p></div>'`);
    // The policy refuses styles in the HTML, which is why they are set like this.
    await opened.page.evaluate(`
      document.querySelector('main').firstChild.style.width = '400px';
      Object.assign(document.getElementById('cut').style, { width: '40px', overflow: 'hidden', whiteSpace: 'nowrap' });
      document.getElementById('pale').style.color = '#333';
      Object.assign(document.getElementById('cell').style, { display: 'block', width: '40px', whiteSpace: 'nowrap' });
      Object.assign(document.getElementById('idle').style, { width: '100px', overflow: 'auto' });
      document.getElementById('idle').firstChild.style.width = '140px';
    `);
    const flaws = (await layoutFlaws(opened.page)).join('\n');
    expect(flaws).toMatch(/The page is \d+ wide in a window of 320/);
    expect(flaws).toContain('Cut off: p#cut');
    expect(flaws).toContain('Beyond its cell: td#cell');
    expect(flaws).toContain('Scrolls to where nothing is: div#idle');
    const violations = (await axeViolations(opened.page)).join('\n');
    expect(violations).toMatch(/color-contrast: .*#pale/);
    expect(violations).toContain('button-name');
    await opened.close();
  });
});
