import type { Page } from 'playwright-core';
import type { Workbench } from '../harness/workbench.ts';

/** Which folder a screen is of. */
export type ProjectName = 'typical' | 'extreme' | 'empty' | 'declared' | 'mistaken' | 'damaged' | 'shared';

export interface OpenedProject {
  /** The folder that the window shows. */
  readonly workspace: string;
  readonly workbench: Workbench;
  readonly page: Page;
}

/** A screen as a person gets to it. It starts, and ends, with no list open, and with the view container of the registry shown. */
export interface EditorScreen {
  readonly name: string;
  readonly project: ProjectName;
  show(opened: OpenedProject): Promise<void>;
  /** What goes when the theme changes, as a tooltip does, and is shown anew for each. */
  readonly isFleeting?: boolean;
  /** Puts back what the next screen would stumble over; Escape was pressed, and editors are closed. */
  leave?(opened: OpenedProject): Promise<void>;
}

/** People look at the result, not at the time. */
export const PATIENCE_MS = 120_000;

const VIEWS = ['Production', 'Reviews', 'Models', 'Activity', 'Shared Work'] as const;

/** Opens these views of the side bar, and closes the others. */
export async function showViews(workbench: Workbench, ...wanted: readonly (typeof VIEWS)[number][]): Promise<void> {
  for (const name of VIEWS) {
    const header = workbench.view(name).locator('.pane-header').first();
    if ((await header.count()) === 0) continue;
    const isOpen = (await header.getAttribute('aria-expanded')) === 'true';
    // Its buttons come as far as the middle.
    if (isOpen !== wanted.includes(name)) await header.click({ position: { x: 12, y: 10 } });
  }
}

/** Rests the pointer on a row until its tooltip shows. */
export async function hoverUntilShown(
  { page }: OpenedProject,
  hover: () => Promise<void>,
  text: string | RegExp,
): Promise<void> {
  const shown = page.locator('.monaco-hover:visible, .workbench-hover:visible', { hasText: text }).first();
  for (let tries = 1; ; tries += 1) {
    // Where the pointer rests already, nothing is asked again.
    await page.locator('.part.statusbar').hover();
    await hover();
    try {
      return await shown.waitFor({ timeout: 3000 });
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}
