const stops = [
  ...['a[href]', 'button', 'input', 'select', 'textarea', 'summary', '[tabindex="0"]'],
  ...['vscode-button', 'vscode-checkbox', 'vscode-textfield'],
].join();

/**
 * Keeps the keyboard's place on the page: where what had the focus was taken out of the page or became disabled, the nearest thing that the keyboard
 * reaches gets it, first before it, then after it, in the same part of the page if there is one.
 */
export function keepFocus(root: HTMLElement): void {
  let focused: HTMLElement | undefined;
  root.addEventListener('focusin', ({ target }) => {
    focused = target instanceof HTMLElement ? target : undefined;
  });
  root.addEventListener('focusout', () => {
    // Taking something out, or disabling it, fires this, too: only afterwards it is known that the person went elsewhere.
    queueMicrotask(() => {
      if (focused && !isGone(focused) && document.activeElement !== focused) focused = undefined;
    });
  });
  new MutationObserver((changes) => {
    if (focused === undefined || !isGone(focused)) return;
    const lost = focused;
    focused = undefined;
    const { activeElement } = document;
    // Whoever took it away may have given the keyboard another place.
    if (activeElement !== document.body && activeElement !== lost) return;
    const isThere = lost.isConnected;
    const { within, anchor } = isThere ? { within: lost.parentElement, anchor: lost } : placeOf(lost, changes);
    const next = nearestStop(root, within, anchor, lost);
    if (document.hasFocus()) next.focus();
    // The person is elsewhere in the editor, in a list that would close: it waits for them.
    else
      addEventListener('focus', () => next.isConnected && document.activeElement === document.body && next.focus(), {
        once: true,
      });
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] });
}

function isGone(element: Element): boolean {
  return !element.isConnected || element.matches(':disabled, [disabled]');
}

/** Where it was: its nearest ancestor that is left, and what stood before it there. */
function placeOf(
  lost: Node,
  changes: readonly MutationRecord[],
): { readonly within: Element | null; readonly anchor: Node | null } {
  let gone = lost;
  let anchor: Node | null = null;
  for (;;) {
    const change = changes.findLast(({ removedNodes }) => [...removedNodes].some((node) => node.contains(gone)));
    if (!change || change.target === gone) return { within: null, anchor: null };
    anchor = change.previousSibling?.isConnected === true ? change.previousSibling : null;
    if (change.target.isConnected)
      return { within: change.target instanceof Element ? change.target : change.target.parentElement, anchor };
    gone = change.target;
  }
}

function nearestStop(root: HTMLElement, start: Element | null, anchor: Node | null, lost: Element): HTMLElement {
  const isBefore = (stop: Element) => {
    if (anchor === null) return false;
    const place = anchor.compareDocumentPosition(stop);
    return (place & (Node.DOCUMENT_POSITION_PRECEDING | Node.DOCUMENT_POSITION_CONTAINED_BY)) !== 0 || stop === anchor;
  };
  for (let within = start ?? root; root.contains(within); within = within.parentElement ?? document.body) {
    const all = [...within.querySelectorAll<HTMLElement>(stops)].filter(
      (stop) =>
        stop !== lost &&
        !isGone(stop) &&
        stop.getAttribute('tabindex') !== '-1' &&
        stop.checkVisibility({ visibilityProperty: true }),
    );
    const nearest = all.findLast(isBefore) ?? all[0];
    if (nearest) return nearest;
    if (within === root) break;
  }
  // Nothing can have it until something is there: the page itself is where the next key goes on.
  root.tabIndex = -1;
  return root;
}
