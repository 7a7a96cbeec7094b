/** Leads to a part of the page: what is seen, and where the keyboard goes on. A browser by itself would take the focus from the link and give it to nothing. */
export function jumpTo(event: Event, id: string): void {
  const part = document.getElementById(id);
  if (part === null) return;
  event.preventDefault();
  part.scrollIntoView();
  const heading = part.querySelector<HTMLElement>('.fold') ?? part;
  if (heading === part) part.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
