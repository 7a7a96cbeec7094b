import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeViolations } from './axe.ts';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { layoutFlaws } from './layout-flaws.ts';
import { allScreens } from './screens.ts';
import { themeNames } from './themes.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** Of each page as it mostly is, with nothing to show and when something failed. `npm run screens` looks at every state, which takes minutes. */
const looked = allScreens.filter(({ state }) => ['typical', 'empty', 'error'].includes(state));

describe.each(looked)('$kind, $state', (screen) => {
  let opened: OpenedPage;

  beforeAll(async () => {
    opened = await screen.open(harness, { width: 1200 });
  });
  afterAll(() => opened.close());

  // Half as wide is what a page is at twice its size.
  it('cuts nothing off, lays nothing over anything, and is no wider than its window', async () => {
    const flaws: string[] = [];
    for (const width of [1200, 640, 320]) {
      await opened.page.setViewportSize({ width, height: 900 });
      await opened.settled();
      flaws.push(...(await layoutFlaws(opened.page)).map((flaw) => `${width}: ${flaw}`));
    }
    expect(flaws).toEqual([]);
  });

  it('has no violation that axe knows, in any theme', async () => {
    const violations: string[] = [];
    // More and longer texts have no other colours, and take most of the time to look at.
    const isAlike = screen.state === 'extreme' || screen.state === 'hostile';
    for (const theme of isAlike ? themeNames.slice(0, 1) : themeNames) {
      await opened.setTheme(theme);
      const part = theme !== 'dark' ? 'contrast' : isAlike ? 'all else' : undefined;
      const found = await axeViolations(opened.page, part);
      violations.push(...found.map((violation) => `${theme}: ${violation}`));
    }
    expect(violations).toEqual([]);
  });

  it('needs nothing that its policy refuses, nothing from a network, and runs nothing that a registry says', async () => {
    expect([opened.errors, opened.ignored, opened.requested]).toEqual([[], [], []]);
    expect(await opened.page.evaluate('globalThis.injected')).toBeUndefined();
    expect(await opened.page.locator('main script, main img[onerror], main iframe').count()).toBe(0);
  });
});

describe('what tells flaws', () => {
  it('tells them', async () => {
    const screen = allScreens.find(({ kind, state }) => kind === 'graph' && state === 'error');
    const opened = await screen?.open(harness, { width: 320 });
    if (!opened) throw new Error('There is no such screen.');
    await opened.page.evaluate(`document.querySelector('main').innerHTML =
      '<div style="width: 400px">wide</div><p id="cut">a long text that is cut off</p><p id="pale">pale</p><button></button>'`);
    // The policy refuses styles in the HTML, which is why they are set like this.
    await opened.page.evaluate(`
      document.querySelector('main').firstChild.style.width = '400px';
      Object.assign(document.getElementById('cut').style, { width: '40px', overflow: 'hidden', whiteSpace: 'nowrap' });
      document.getElementById('pale').style.color = '#333';
    `);
    const flaws = (await layoutFlaws(opened.page)).join('\n');
    expect(flaws).toMatch(/The page is \d+ wide in a window of 320/);
    expect(flaws).toContain('Cut off: p#cut');
    const violations = (await axeViolations(opened.page)).join('\n');
    expect(violations).toMatch(/color-contrast: .*#pale/);
    expect(violations).toContain('button-name');
    await opened.close();
  });
});
