/** Tables and graphs cover shades that lie behind them: those of what stands around them lie above, at the sides at which there is more. */
const told = new WeakSet<Element>();

const changes = new ResizeObserver((entries) => {
  for (const { target } of entries) tell(target.classList.contains('edged') ? target : target.parentElement);
});

/** To be the `ref` of what scrolls sideways, with the class `edged`, within a parent with the class `edges` and around one thing. */
export function edged(scroller: Element | undefined): void {
  if (!scroller || told.has(scroller)) return;
  told.add(scroller);
  scroller.addEventListener('scroll', () => tell(scroller), { passive: true });
  changes.observe(scroller);
  if (scroller.firstElementChild) changes.observe(scroller.firstElementChild);
}

function tell(scroller: Element | null): void {
  const { scrollLeft = 0, scrollWidth = 0, clientWidth = 0 } = scroller ?? {};
  const edges = scroller?.parentElement?.classList;
  edges?.toggle('more-before', scrollLeft > 1);
  edges?.toggle('more-after', scrollLeft < scrollWidth - clientWidth - 1);
}
