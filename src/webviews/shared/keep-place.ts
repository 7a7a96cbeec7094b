/** How far what scrolls has been scrolled, to the left and to the top: the page itself, and by its `data-place` what scrolls within it. */
export type Places = Readonly<Record<string, readonly [left: number, top: number]>>;

const PAGE = '';
/** Scrolling ends some time; only then it is worth a message to the editor. */
const SAVE_MS = 120;
/** For so long what comes later moves nothing away from where it is brought back to. */
const SETTLING_MS = 3000;
/** Then it stays where it is: it may have become shorter. */
const LONGEST_MS = 10_000;
const ACTS = ['wheel', 'pointerdown', 'keydown', 'touchstart', 'input'] as const;

/**
 * Brings a page back to where the person had scrolled it, although what it shows comes bit by bit, and notes where they scroll it to. The editor throws
 * a page away while its tab is hidden. Whoever touches the page before everything is there keeps it where it is.
 */
export function keepPlace(root: HTMLElement, saved: Places, save: (places: Places) => void): void {
  const wanted = new Map(Object.entries(saved));
  const places = new Map(wanted);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let latest: ReturnType<typeof setTimeout> | undefined;

  const restore = () => {
    let isAllThere = true;
    for (const [name, [left, top]] of wanted) {
      const scroller = scrollerCalled(root, name);
      scroller?.scrollTo({ left, top, behavior: 'instant' });
      if (!scroller || Math.abs(scroller.scrollTop - top) > 1 || Math.abs(scroller.scrollLeft - left) > 1)
        isAllThere = false;
    }
    if (isAllThere) settling ??= setTimeout(end, SETTLING_MS);
  };
  const mutations = new MutationObserver(restore);
  const sizes = new ResizeObserver(restore);
  const end = () => {
    wanted.clear();
    clearTimeout(settling);
    clearTimeout(latest);
    mutations.disconnect();
    sizes.disconnect();
    for (const act of ACTS) removeEventListener(act, end, true);
  };
  if (wanted.size > 0) {
    for (const act of ACTS) addEventListener(act, end, { capture: true, passive: true });
    mutations.observe(root, { childList: true, subtree: true });
    sizes.observe(root);
    latest = setTimeout(end, LONGEST_MS);
  }

  // A page that takes another's place is scrolled by the editor, at this event, to where that one was.
  if (!wanted.has(PAGE))
    addEventListener('load', () => scrollTo({ left: 0, top: 0, behavior: 'instant' }), { once: true });

  const saveNow = () => {
    clearTimeout(timer);
    timer = undefined;
    save(Object.fromEntries(places));
  };
  addEventListener(
    'scroll',
    ({ target }) => {
      const name = nameOf(target);
      const scroller = name === undefined ? null : scrollerCalled(root, name);
      if (name === undefined || scroller === null || wanted.has(name)) return;
      places.set(name, [scroller.scrollLeft, scroller.scrollTop]);
      clearTimeout(timer);
      timer = setTimeout(saveNow, SAVE_MS);
    },
    { capture: true, passive: true },
  );
  addEventListener('pagehide', () => timer !== undefined && saveNow());
}

function nameOf(target: EventTarget | null): string | undefined {
  if (target === document) return PAGE;
  return target instanceof HTMLElement ? target.dataset.place : undefined;
}

function scrollerCalled(root: HTMLElement, name: string): Element | null {
  return name === PAGE ? document.scrollingElement : root.querySelector(`[data-place="${CSS.escape(name)}"]`);
}
