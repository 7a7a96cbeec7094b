import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, type OpenedPage, startHarness } from './harness.ts';
import { allScreens } from './screens.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.close());

/** What is drawn of the end of a name, in the page: from its last character on, from right to left. */
const endOf = `((name) => {
  const turned = { '(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{', '<': '>', '>': '<' };
  return Array.from(new Intl.Segmenter().segment(name.dataset.end), ({ segment }) => turned[segment] ?? segment).reverse().join('');
})`;

/** Where there is no room for names: those of metrics, tensors, aliases, axes, models. */
const crowded = [
  ['comparison', 'tensors'],
  ['comparison', 'extreme'],
  ['version', 'hostile'],
  ['version', 'extreme'],
  ['model', 'extreme'],
  ['graph', 'extreme'],
  ['plots', 'extreme'],
  ['changes', 'extreme'],
] as const;

describe.each(crowded)('names on the page %s, %s', (kind, state) => {
  let opened: OpenedPage;

  beforeAll(async () => {
    const screen = allScreens.find((other) => other.kind === kind && other.state === state);
    if (!screen) throw new Error('There is no such screen.');
    opened = await screen.open(harness, { width: 1200 });
  });
  afterAll(() => opened.close());

  it.each([1200, 320])('lose their middle and keep their ends where there is no room, in %d pixels', async (width) => {
    await opened.page.setViewportSize({ width, height: 900 });
    await opened.settled();
    const found = await opened.page.evaluate<{ cut: number; endless: string[]; beheaded: string[] }>(`(() => {
      const isCut = (element) => element.checkVisibility() && element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1;
      const all = [...document.querySelectorAll('main .ellipsis, main .tensor-name')];
      const cut = all.filter((element) => element.parentElement.matches('.cut-name') && isCut(element));
      // What it is cut to shows its own end, however little of it.
      const endless = cut.map((element) => element.parentElement).filter((name) => {
        const { content, width } = getComputedStyle(name, '::after');
        const end = name.querySelector('.cut-end').textContent.replace(/^\\s/, '\\u00a0');
        return ${endOf}(name) !== end || !content.startsWith(JSON.stringify(name.dataset.end.toWellFormed())) || Number.parseFloat(width) < 4;
      });
      // Names have no spaces; sentences, as what a commit is about, are read from their beginning.
      const beheaded = all.filter((element) => isCut(element) && element.closest('.cut-name, .commits') === null &&
        element.querySelector('.cut-name') === null && /^\\S{14,}$/.test(element.textContent.trim()) && getComputedStyle(element).direction !== 'rtl');
      const texts = (elements) => [...new Set(elements.map((element) => element.className + ': ' + element.textContent.slice(-60)))].slice(0, 10);
      return { cut: cut.length, endless: texts(endless), beheaded: texts(beheaded) };
    })()`);
    expect(found).toEqual({ cut: expect.any(Number), endless: [], beheaded: [] });
    if (width === 320) expect(found.cut).toBeGreaterThan(0);
  });

  it.each([1200, 320])('show no part of a letter of their ends, in %d pixels', async (width) => {
    await opened.page.setViewportSize({ width, height: 900 });
    await opened.settled();
    // Nobody can ask where the letters of a pseudo-element are: an element with all its styles takes its place.
    const torn = await opened.page.evaluate<readonly string[]>(`(() => {
      const page = document.querySelector('#page');
      const names = [...document.querySelectorAll('main .cut-name')].filter((name) => name.checkVisibility());
      const stands = names.map((name) => {
        const [drawn, stand] = [getComputedStyle(name, '::after'), document.createElement('span')];
        for (const property of drawn) stand.style.setProperty(property, drawn.getPropertyValue(property));
        stand.textContent = name.dataset.end;
        return { name, stand };
      });
      for (const { name, stand } of stands) page.append(stand);
      const torn = stands.filter(({ stand }) => {
        const box = stand.getBoundingClientRect();
        const letter = document.createRange();
        return [...new Intl.Segmenter().segment(stand.textContent)].some(({ segment, index }) => {
          letter.setStart(stand.firstChild, index);
          letter.setEnd(stand.firstChild, index + segment.length);
          const { left, right, top } = letter.getBoundingClientRect();
          const isSeen = top < box.bottom - 2 && right > box.left + 0.5 && left < box.right - 0.5;
          return isSeen && (left < box.left - 0.5 || right > box.right + 0.5);
        });
      });
      for (const { stand } of stands) stand.remove();
      return torn.map(({ name }) => name.outerHTML).slice(0, 5);
    })()`);
    expect(torn).toEqual([]);
  });

  it.each([1200, 320])('are cut once in what is chosen from a list, in %d pixels', async (width) => {
    await opened.page.setViewportSize({ width, height: 900 });
    await opened.settled();
    const twice = await opened.page.evaluate<readonly string[]>(`(() => {
      const pen = new OffscreenCanvas(1, 1).getContext('2d');
      return [...document.querySelectorAll('main select')].filter((select) => select.checkVisibility()).flatMap((select) => {
        const { fontSize, fontFamily, paddingLeft, paddingRight } = getComputedStyle(select);
        pen.font = fontSize + ' ' + fontFamily;
        // The sign beside it, that there are others, has what the editor's own lists have for theirs.
        const room = select.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight) - 18;
        return [...select.options].map(({ text }) => text.trim()).filter((text) => text.includes('…') && pen.measureText(text).width > room);
      }).slice(0, 5);
    })()`);
    expect(twice).toEqual([]);
  });

  it('are whole for whoever listens, selects or rests on them', async () => {
    const torn = await opened.page.evaluate<readonly string[]>(`[...document.querySelectorAll('main .cut-name')]
      .filter((name) => name.checkVisibility() && (name.innerText !== name.textContent || name.title === '' || !name.textContent.endsWith(${endOf}(name).trim())))
      .map((name) => name.innerText + ' | ' + name.outerHTML).slice(0, 5)`);
    expect(torn).toEqual([]);
  });
});

it('tells assistive technology a name once, and whole', async () => {
  const screen = allScreens.find(({ kind, state }) => kind === 'comparison' && state === 'tensors');
  const opened = await screen?.open(harness, { width: 320 });
  if (!opened) throw new Error('There is no such screen.');
  const names = await opened.page.locator('.tensor-name').allInnerTexts();
  const session = await opened.page.context().newCDPSession(opened.page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const told = nodes.filter(({ role }) => role?.value === 'rowheader').map(({ name }) => String(name?.value));
  expect(names.some((name) => name.length > 30)).toBe(true);
  expect(told).toEqual(names);
  await opened.close();
});

it.each([
  ['modelFile', 'typical'],
  ['comparison', 'tensors'],
] as const)('keep the numbers of layers in sight, of the tensors on the page %s, %s', async (kind, state) => {
  const screen = allScreens.find((other) => other.kind === kind && other.state === state);
  const opened = await screen?.open(harness, { width: 320 });
  if (!opened) throw new Error('There is no such screen.');
  const { numbered, lost } = await opened.page.evaluate<{ numbered: number; lost: string[] }>(`(() => {
    const pen = new OffscreenCanvas(1, 1).getContext('2d');
    const names = [...document.querySelectorAll('.tensor-name .cut-name')].filter((name) => /\\.\\d+\\./.test(name.textContent));
    const lost = names.filter((name) => {
      const start = name.firstElementChild;
      if (start.scrollWidth <= start.clientWidth + 1) return false;
      // The short form is empty where digits are to be of one width.
      const { fontSize, fontFamily } = getComputedStyle(name);
      pen.font = fontSize + ' ' + fontFamily;
      const end = ${endOf}(name);
      const clipped = pen.measureText(end).width - Number.parseFloat(getComputedStyle(name, '::after').width);
      const place = end.search(/\\d+\\./);
      return place < 0 || clipped > pen.measureText(end.slice(0, place)).width + 0.1;
    });
    return { numbered: names.length, lost: lost.map((name) => name.textContent) };
  })()`);
  expect(numbered).toBeGreaterThan(5);
  expect(lost).toEqual([]);
  // They are cut once, and not by the edge of the table, too.
  const [edge, name] = await opened.page.evaluate<readonly number[]>(
    `['.tensor-scroller', '.tensor-rows .tensor-name'].map((part) => document.querySelector(part).getBoundingClientRect().right)`,
  );
  expect(name).toBeLessThanOrEqual(edge ?? 0);
  await opened.close();
});

it.each([1200, 320])('keep their beginning where they are written from right to left, in %d pixels', async (width) => {
  const screen = allScreens.find(({ kind, state }) => kind === 'version' && state === 'hostile');
  const opened = await screen?.open(harness, { width });
  if (!opened) throw new Error('There is no such screen.');
  const found = await opened.page.evaluate<{ cut: number; lost: string[] }>(`(() => {
    const names = [...document.querySelectorAll('main .ellipsis')].filter((name) => /^[\\u0600-\\u06ff]/.test(name.textContent.trim()) && name.scrollWidth > name.clientWidth + 1);
    const lost = names.filter((name) => {
      const text = document.createTreeWalker(name, NodeFilter.SHOW_TEXT).nextNode();
      const first = document.createRange();
      first.setStart(text, 0);
      first.setEnd(text, 1);
      const [letter, box] = [first.getBoundingClientRect(), name.getBoundingClientRect()];
      return letter.left < box.left - 1 || letter.right > box.right + 1;
    });
    return { cut: names.length, lost: lost.map((name) => name.className) };
  })()`);
  expect(found).toEqual({ cut: expect.any(Number), lost: [] });
  expect(found.cut).toBeGreaterThan(0);
  await opened.close();
});
