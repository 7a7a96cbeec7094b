import type { Page } from 'playwright-core';

/** What is clipped, overlaps, can't be read, or makes the page wider than its window; one line each, with the element and its text. */
export async function layoutFlaws(page: Page): Promise<readonly string[]> {
  return page.evaluate(findFlaws);
}

/** Runs in the page, so that it may use nothing of this file. */
function findFlaws(): readonly string[] {
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }
  interface Piece {
    readonly element: Element;
    readonly box: Box;
    readonly text: string;
  }
  const flaws = new Set<string>();
  const selector =
    'a[href], button, input, select, textarea, summary, [role=button], vscode-button, vscode-checkbox, vscode-textfield';
  const nameOf = (element: Element) => {
    const { id, className } = element;
    const classes =
      typeof className === 'string' && className !== '' ? `.${className.trim().split(/\s+/).join('.')}` : '';
    const parent = element.closest('section[id], header, [class]:not(:scope)')?.id ?? '';
    return `${parent === '' ? '' : `#${parent} `}${element.localName}${id === '' ? '' : `#${id}`}${classes}`;
  };
  const short = (text: string) => JSON.stringify(text.trim().slice(0, 40));

  const root = document.documentElement;
  /** The boxes that cut an element off, from the inside out. */
  function* clippersOf(start: Element): Generator<{ readonly element: Element; readonly style: CSSStyleDeclaration }> {
    for (let element: Element | null = start; element !== null && element !== root; element = element.parentElement) {
      const style = getComputedStyle(element);
      if (style.overflowX !== 'visible' || style.overflowY !== 'visible') yield { element, style };
    }
  }
  const within = (box: Box, outer: Box): Box => ({
    left: Math.max(box.left, outer.left),
    right: Math.min(box.right, outer.right),
    top: Math.max(box.top, outer.top),
    bottom: Math.min(box.bottom, outer.bottom),
  });
  /** What is seen of a control: the rest may be scrolled away. */
  const shownOf = (control: Element) => {
    let box: Box = control.getBoundingClientRect();
    for (const { element } of clippersOf(control)) box = within(box, element.getBoundingClientRect());
    return box;
  };
  /** For ears only, whatever it is called. */
  const isReadAloudOnly = (start: Element) => {
    for (let element: Element | null = start; element !== null && element !== root; element = element.parentElement) {
      if (getComputedStyle(element).clipPath.startsWith('inset(50%')) return true;
    }
    return false;
  };
  if (root.scrollWidth > root.clientWidth) {
    const beyond = [...document.querySelectorAll('main *')].filter(
      (element) =>
        element.getBoundingClientRect().right > root.clientWidth + 1 && clippersOf(element).next().done === true,
    );
    flaws.add(
      `The page is ${root.scrollWidth} wide in a window of ${root.clientWidth}: ${beyond.map(nameOf).slice(-2).join(', ')}`,
    );
  }

  /** The last that is seen of it once it is scrolled. */
  const endOf = (scroller: Element) => {
    const texts = document.createTreeWalker(
      scroller,
      NodeFilter.SHOW_TEXT,
      ({ parentElement: element, textContent }) =>
        element && textContent?.trim() !== '' && !isReadAloudOnly(element)
          ? NodeFilter.FILTER_ACCEPT
          : NodeFilter.FILTER_REJECT,
    );
    const ranges: (Range | Element)[] = [...scroller.querySelectorAll(`${selector}, svg, canvas`)];
    for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(node);
      ranges.push(range);
    }
    return Math.max(...ranges.map((range) => range.getBoundingClientRect().right));
  };
  for (const scroller of document.querySelectorAll('main *')) {
    if (scroller.scrollWidth <= scroller.clientWidth || !/auto|scroll/.test(getComputedStyle(scroller).overflowX))
      continue;
    // Something in it may have been scrolled into sight.
    if (endOf(scroller) + scroller.scrollLeft < scroller.getBoundingClientRect().right)
      flaws.add(`Scrolls to where nothing is: ${nameOf(scroller)}`);
  }

  const isWholeSomewhere = (element: Element) => element.closest('[title]') !== null;

  const pieces: Piece[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent ?? '';
    const element = node.parentElement;
    if (text.trim() === '' || element === null) continue;
    if (element.closest('option, script, style, title') !== null || isReadAloudOnly(element)) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 0.5 && rect.height > 0.5);
    if (rects.length === 0) continue;
    const widest = Math.max(...rects.map((rect) => rect.width));
    const lines = new Set(rects.map((rect) => Math.round(rect.top))).size;
    if (lines > 3 && text.trim().length > 4 && widest < 28)
      flaws.add(`A column of single letters: ${nameOf(element)} ${short(text)}`);
    const isFramed = element instanceof SVGElement;
    for (const rect of rects) {
      let box: Box = rect;
      let isHidden = false;
      for (const { element: clipper, style } of isFramed ? [] : clippersOf(element)) {
        const outer = clipper.getBoundingClientRect();
        const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
        if (box.right > outer.right + 1.5 || box.left < outer.left - 1.5) {
          if (scrolls(style.overflowX)) {
            // What is to be had by scrolling isn't lost.
          } else if (style.textOverflow !== 'ellipsis' && style.webkitLineClamp === 'none') {
            flaws.add(`Cut off: ${nameOf(element)} ${short(text)} by ${nameOf(clipper)}`);
          } else if (!isWholeSomewhere(element))
            flaws.add(`Shortened, and whole nowhere: ${nameOf(element)} ${short(text)}`);
          else if (clipper.clientWidth < 28) flaws.add(`Shortened to nothing: ${nameOf(element)} ${short(text)}`);
        }
        // What eyes alone have may be left out as a whole.
        const isLeftOut = box.top >= outer.bottom - 1 && element.closest('[aria-hidden="true"]') !== null;
        // A card of which only the beginning is shown has a button for all of it.
        const isBeginning = clipper.matches('.card-cut');
        if (!isLeftOut && !isBeginning && box.bottom > outer.bottom + 2 && !scrolls(style.overflowY)) {
          if (style.webkitLineClamp === 'none') flaws.add(`Cut off below: ${nameOf(element)} ${short(text)}`);
          else if (!isWholeSomewhere(element))
            flaws.add(`Shortened, and whole nowhere: ${nameOf(element)} ${short(text)}`);
        }
        box = within(box, outer);
        isHidden ||= box.right - box.left < 1 || box.bottom - box.top < 1;
      }
      const cell = element.closest('td, th')?.getBoundingClientRect();
      if (!isHidden && cell && box.right > cell.right + 1.5)
        flaws.add(`Beyond its cell: ${nameOf(element)} ${short(text)}`);
      if (!isHidden) pieces.push({ element, box, text });
    }
  }

  const isLaidOver = (element: Element) => {
    for (let at: Element | null = element; at !== null && at !== document.body; at = at.parentElement) {
      if (/sticky|fixed/.test(getComputedStyle(at).position)) return true;
    }
    return false;
  };
  const overlaps = (a: Box, b: Box, slack: number) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;

  /** Those that come in one another's way, looked for from the top down. */
  function collide(all: readonly Piece[], slack: number, tell: (a: Piece, b: Piece) => void): void {
    const sorted = all.filter(({ element }) => !isLaidOver(element)).sort((a, b) => a.box.top - b.box.top);
    for (const [index, one] of sorted.entries()) {
      for (let next = index + 1; next < sorted.length; next += 1) {
        const other = sorted[next];
        if (other === undefined || other.box.top > one.box.bottom) break;
        const isNested = one.element.contains(other.element) || other.element.contains(one.element);
        if (!isNested && overlaps(one.box, other.box, slack)) tell(one, other);
      }
    }
  }
  collide(pieces, 5, (one, other) =>
    flaws.add(
      `Text over text: ${nameOf(one.element)} ${short(one.text)} and ${nameOf(other.element)} ${short(other.text)}`,
    ),
  );
  const controls = [...document.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .map((element): Piece => ({ element, box: shownOf(element), text: element.textContent ?? '' }))
    .filter(({ box }) => box.right - box.left > 1 && box.bottom - box.top > 1);
  collide(controls, 2, (one, other) =>
    flaws.add(
      `Controls over each other: ${nameOf(one.element)} ${short(one.text)} and ${nameOf(other.element)} ${short(other.text)}`,
    ),
  );
  return [...flaws].slice(0, 40);
}
