import type { Page } from 'playwright-core';

/** A thing that had the keyboard on the way through a page. */
export interface Stop {
  /** Its place among all that the keyboard should reach; none for what only scrolls. */
  readonly place?: number;
  readonly what: string;
  /** It looks other than without the keyboard, and enough of that is in sight. */
  readonly isMarked: boolean;
  /** What lies over it, if anything does. */
  coveredBy?: string;
  /** Keys that did what a click does. */
  readonly clickedBy: readonly string[];
}

/** Runs before the page's scripts: remembers which elements listen to a pointer. */
export const watchListeners = `{
  globalThis.listening = new Set();
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (this instanceof Element && /^(click|dblclick|mousedown|pointerdown|dragstart)$/.test(type)) listening.add(this);
    return addEventListener.call(this, type, ...rest);
  };
}`;

const reached =
  'a[href], button, input, select, textarea, summary, [tabindex="0"], vscode-button, vscode-checkbox, vscode-textfield';

/** Numbers what the keyboard should reach, and notes from now on where it is. Clicks are noted and do nothing. */
const prepare = `{
  const top = Object.assign(document.createElement('span'), { tabIndex: -1 });
  document.body.prepend(top);
  top.focus();
  top.remove();
  const partsOf = (element) => [element, ...(element.shadowRoot?.querySelectorAll('*') ?? [])];
  const lookOf = (element) => partsOf(element).map((part) => {
    const style = getComputedStyle(part);
    const outline = style.outlineStyle === 'none' || style.outlineWidth === '0px' ? '' : style.outline;
    return [outline, style.borderColor, style.boxShadow, style.backgroundColor].join(' ');
  }).join('|');
  const outsideOf = (element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const by = style.outlineStyle === 'none' ? 0 : Math.max(0, parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth));
    return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
  };
  /** How many of its four sides nothing cuts off. */
  const sidesInSight = (element) => {
    const box = outsideOf(element);
    const sides = new Set(['left', 'top', 'right', 'bottom']);
    for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(outer);
      if (overflowX === 'visible' && overflowY === 'visible') continue;
      const edge = outer.getBoundingClientRect();
      if (box.left < edge.left - 0.5) sides.delete('left');
      if (box.top < edge.top - 0.5) sides.delete('top');
      if (box.right > edge.right + 0.5) sides.delete('right');
      if (box.bottom > edge.bottom + 0.5) sides.delete('bottom');
    }
    return sides.size;
  };
  const all = [...document.querySelectorAll(${JSON.stringify(`:is(${reached})`)})].filter((element) =>
    element.closest('main') && element.checkVisibility({ visibilityProperty: true }) && !element.disabled && !element.hasAttribute('disabled') &&
    (element.localName.startsWith('vscode-') || element.tabIndex >= 0));
  const places = new Map(all.map((element, place) => [element, place]));
  const looks = new Map(all.map((element) => [element, lookOf(element)]));
  const nameOf = (element) => element.outerHTML.replaceAll(/<!--.*?-->/g, '').slice(0, 160);
  const stops = [];
  const end = new AbortController();
  let current;
  /** What lies over the middle of an element, if anything does. */
  const coverOf = (target) => {
    const { left, top, right, bottom } = target.getBoundingClientRect();
    const over = document.elementFromPoint(
      Math.min(Math.max((left + right) / 2, 1), innerWidth - 2), Math.min(Math.max((top + bottom) / 2, 1), innerHeight - 2));
    if (over === null) return 'nothing: it is out of sight';
    const isSeen = target.contains(over) || over.contains(target) || over.closest('label')?.contains(target) === true;
    return isSeen ? undefined : nameOf(over);
  };
  /** Only when the next key comes, everything has been scrolled to where it stays. */
  const look = () => {
    if (!current) return;
    const { target, stop } = current;
    current = undefined;
    stop.isMarked = looks.get(target) !== lookOf(target) && sidesInSight(target) >= 2;
    stop.coveredBy = coverOf(target);
  };
  globalThis.walk = { all, expected: all.map(nameOf), taken: () => { look(); return stops.splice(0); }, end: () => end.abort() };
  let key = '';
  addEventListener('keydown', (event) => {
    look();
    key = event.key;
    // Fields would take the keys as text, or open their choices, and the page would scroll: by the space bar on a link, too, while the next has the keyboard already.
    const takes = key === ' ' ? 'button, summary, input[type=checkbox], vscode-button, vscode-checkbox' : 'button, summary, a, input[type=checkbox], vscode-button, vscode-checkbox';
    if (key !== 'Tab' && !event.target.matches(takes)) event.preventDefault();
  }, { capture: true, signal: end.signal });
  addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element) || target === document.body) return;
    const stop = { place: places.get(target), what: nameOf(target), isMarked: false, clickedBy: [] };
    stops.push(stop);
    current = { target, stop };
  }, { capture: true, signal: end.signal });
  // Boxes of the editor's own kind tell that they changed, and fire no click.
  for (const type of ['click', 'change']) addEventListener(type, (event) => {
    stops.at(-1)?.clickedBy.push(key);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true, signal: end.signal });
}`;

/** Walks from the top of the page to its end by Tab, pressing Enter and Space wherever that could click, and back by Shift+Tab. */
export async function walk(page: Page): Promise<{
  readonly expected: readonly string[];
  readonly forwards: readonly Stop[];
  readonly backwards: readonly Stop[];
}> {
  await page.evaluate(prepare);
  const count = await page.evaluate<number>('walk.expected.length');
  const keys = await page.context().newCDPSession(page);
  const press = (key: 'Tab' | 'Enter' | ' ', modifiers = 0) => {
    const code = { Tab: 9, Enter: 13, ' ': 32 }[key];
    const event = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: code, modifiers } as const;
    const text = { Tab: {}, Enter: { text: '\r' }, ' ': { text: ' ' } }[key];
    return [
      keys.send('Input.dispatchKeyEvent', { type: key === 'Tab' ? 'rawKeyDown' : 'keyDown', ...event, ...text }),
      keys.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event }),
    ];
  };
  // Keys are worked off in their order: waiting for each would take most of the time.
  // A field for a time has a stop for each of its parts.
  const extra = 12;
  await Promise.all(
    Array.from({ length: count + extra }, () => [...press('Tab'), ...press('Enter'), ...press(' ')]).flat(),
  );
  const forwards = await page.evaluate<readonly Stop[]>('walk.taken()');
  await page.evaluate('document.activeElement.blur(); walk.all.at(-1)?.focus()');
  await Promise.all(Array.from({ length: count + extra }, () => press('Tab', 8)).flat());
  const backwards = await page.evaluate<readonly Stop[]>('walk.taken()');
  await keys.detach();
  await page.evaluate('walk.end()');
  const expected = await page.evaluate<readonly string[]>('walk.expected');
  return { expected, forwards, backwards };
}
