import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { allScreens } from './screens.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** Pages whose buttons and headings begin with a sign. */
const kinds = ['comparison', 'version', 'review', 'changes', 'plots'] as const;

describe.each(kinds)('signs on the page %s', (kind) => {
  let opened: OpenedPage;

  beforeAll(async () => {
    const screen = allScreens.find((other) => other.kind === kind && other.state === 'typical');
    if (!screen) throw new Error('There is no such screen.');
    opened = await screen.open(harness, { width: 1200 });
    await opened.settled();
  });
  afterAll(() => opened.close());

  it('have no line below them, nor beside them, where words are underlined', async () => {
    const { signed, lined } = await opened.page.evaluate<{ signed: number; lined: string[] }>(`(() => {
      const signs = [...document.querySelectorAll('main button.link > .codicon')].filter((sign) => sign.checkVisibility());
      const lined = signs.filter((sign) => {
        const space = document.createRange();
        let text = sign.nextSibling;
        while (text.textContent.trim() === '' && text.nextSibling) text = text.nextSibling;
        space.setStartAfter(sign);
        space.setEnd(text, text.textContent.search(/\\S/));
        return space.getBoundingClientRect().width > 0.5;
      });
      return { signed: signs.length, lined: lined.map((sign) => sign.parentElement.innerText) };
    })()`);
    expect(signed).toBeGreaterThan(0);
    expect(lined).toEqual([]);
  });
});

it('signs of headings stand at the middle of the heading that they open', async () => {
  const screen = allScreens.find((other) => other.kind === 'comparison' && other.state === 'typical');
  const opened = await screen?.open(harness, { width: 1200 });
  if (!opened) throw new Error('There is no such screen.');
  const apart = await opened.page.evaluate<
    number[]
  >(`[...document.querySelectorAll('.section-toggle')].map((toggle) => {
      const middle = ({ top, bottom }) => (top + bottom) / 2;
      const words = document.createRange();
      words.selectNodeContents(toggle.lastElementChild);
      return Math.abs(middle(toggle.querySelector('.codicon').getBoundingClientRect()) - middle(words.getClientRects()[0]));
    })`);
  expect(apart.length).toBeGreaterThan(3);
  expect(Math.max(...apart)).toBeLessThanOrEqual(1);
  await opened.close();
});
