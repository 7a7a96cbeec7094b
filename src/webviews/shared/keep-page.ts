/** Tells once that the person did something with a page that is a preview: a click, by whatever device, or something typed or chosen. Reading and scrolling are none. */
export function keepPage(keep: () => void): void {
  if (document.body.dataset.preview === undefined) return;
  const told = new AbortController();
  for (const type of ['click', 'input'])
    addEventListener(
      type,
      () => {
        told.abort();
        keep();
      },
      { capture: true, signal: told.signal },
    );
}
