import type { Page } from 'playwright-core';

/**
 * Works one of each kind of control on the page, whatever comes of it, and tells where the keyboard had no place afterwards. What is worked may bring
 * other controls, which are worked, too.
 */
export async function focusLosses(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(`(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const controls = 'main :is(button, summary, a[href^="#"], input[type=checkbox], select, vscode-button, vscode-checkbox)';
    const kindOf = (element) => {
      const symbol = element.querySelector('.codicon')?.className ?? element.getAttribute('icon') ?? '';
      const isInRow = element.closest('tbody, li, svg') !== null;
      return [element.closest('section[id], header, nav')?.id, element.localName, element.className, symbol,
        isInRow ? element.closest('td, th')?.cellIndex : element.textContent.trim().slice(0, 40)].join(' ');
    };
    const done = new Set();
    const losses = [];
    for (let round = 0; round < 80; round += 1) {
      const next = [...document.querySelectorAll(controls)].find((element) =>
        !element.disabled && !element.hasAttribute('disabled') && element.checkVisibility({ visibilityProperty: true }) && !done.has(kindOf(element)));
      if (!next) break;
      const kind = kindOf(next);
      done.add(kind);
      next.focus();
      if (next.localName === 'select') {
        next.selectedIndex = next.options.length - 1;
        next.dispatchEvent(new Event('change', { bubbles: true }));
      } else next.click();
      await drawn();
      await drawn();
      const now = document.activeElement;
      if (now === null || now === document.body || !now.checkVisibility() || now.matches(':disabled')) losses.push(kind);
    }
    return losses;
  })()`);
}
