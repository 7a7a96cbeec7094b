/**
 * The space bar presses a button, and scrolls a page where nothing takes it. The editor's own kind of button is pressed and leaves the key
 * to the page as well, which would then be scrolled, on its way for a moment, by most of its height: away from what has the keyboard.
 */
export function keepSpaceBar(): void {
  addEventListener('keydown', (event) => {
    if (event.key === ' ' && event.target instanceof Element && event.target.matches('vscode-button'))
      event.preventDefault();
  });
}
