import type { Frame, Locator, Page } from 'playwright-core';

/** What the input box for a reason shows while it is empty. */
export const REASON = 'Reason, for whoever reads the log later';

/** The screen of one editor window, in the terms in which a person uses it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the workbench is drawn and its extension host has answered. */
  async waitUntilReady(timeout = 60_000): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout });
    await this.page.locator('.part.statusbar .statusbar-item').first().waitFor({ timeout });
    await this.page.locator('.part.activitybar .action-item').first().waitFor({ timeout });
  }

  /** Runs a command by its full title in the palette, e.g. `Model Registry: Register Model`. */
  async runCommand(title: string): Promise<void> {
    await this.openPalette(`>${title}`);
    await this.quickPickRow(title).click();
  }

  private async openPalette(text: string): Promise<void> {
    const input = this.quickInput;
    // A key press gets lost while the workbench still registers its key bindings; and what takes the focus then closes the palette again.
    for (let attempt = 0; attempt < 10; attempt++) {
      await this.page.keyboard.press('F1');
      const isFilled = await input.fill(text, { timeout: 2000 }).then(
        () => true,
        () => false,
      );
      if (isFilled) return;
    }
    await input.fill(text);
  }

  /** Text field of whatever quick pick or input box is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** The open quick pick or input box as a whole: title, message, rows. */
  get quickInputWidget(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** A row whose label is exactly the given text. */
  quickPickRow(label: string): Locator {
    const exact = this.page.locator('.label-name', {
      hasText: new RegExp(`^\\s*(\\$\\([\\w-]+\\)\\s*)?${literally(label)}\\s*$`),
    });
    return this.page.locator('.quick-input-widget:visible .monaco-list-row').filter({ has: exact }).first();
  }

  /** The labels of the rows that the open quick pick shows now. */
  async quickPickLabels(): Promise<readonly string[]> {
    await this.page.locator('.quick-input-widget:visible .monaco-list-row').first().waitFor();
    const labels = await this.page.locator('.quick-input-widget:visible .monaco-list-row .label-name').allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Chooses from an open quick pick. */
  async choose(label: string): Promise<void> {
    await this.quickPickRow(label).click();
  }

  /** Types into an open input box and accepts. With `placeholder`, into the one that shows it, which may not be there yet. */
  async answer(text: string, placeholder?: string): Promise<void> {
    if (placeholder !== undefined) await this.page.getByPlaceholder(placeholder).waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  /** Drags a row onto another one, until what that asks for is asked: rows move when the tree is read again. */
  async dragUntilAsked(row: Locator, target: Locator, placeholder: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await this.#drag(row, target);
      try {
        return await this.page.getByPlaceholder(placeholder).waitFor({ timeout: 3000 });
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /** Lets go of a row only when the tree takes it: of a hurried pointer it saw too little. */
  async #drag(row: Locator, target: Locator): Promise<void> {
    const { mouse } = this.page;
    // A tooltip that is open would lie over the rows.
    await this.page.locator('.part.statusbar').hover();
    await row.hover();
    await mouse.down();
    await target.hover();
    await target.hover({ position: { x: 60, y: 12 } });
    await this.page
      .locator('.part.sidebar .drop-target')
      .first()
      .waitFor({ timeout: 2000 })
      .catch(() => undefined);
    await mouse.up();
  }

  /** Opens a view container by its name in the activity bar. */
  async openContainer(name: string): Promise<void> {
    const tab = this.page.locator(`.part.activitybar .action-item:has(.action-label[aria-label^="${name}"])`);
    const title = this.page.locator('.part.sidebar .composite.title', { hasText: new RegExp(literally(name), 'i') });
    await tab.first().waitFor();
    // A click on the tab of a container that is just being restored closes it again.
    for (let attempt = 0; attempt < 10 && !(await title.isVisible()); attempt++) {
      await tab.first().click();
      await title.waitFor({ timeout: 3000 }).catch(() => undefined);
    }
    await title.waitFor();
    // A pointer that stays on the tab has its tooltip cover the first rows.
    await title.hover();
  }

  /** A view of the side bar by the title in its header. */
  view(title: string): Locator {
    return this.page
      .locator('.part.sidebar .pane')
      .filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });
  }

  /** A row of a tree by the text of its label; `within` restricts it to one view. */
  treeRow(label: string | RegExp, within: Locator = this.page.locator('.part.sidebar')): Locator {
    const text = typeof label === 'string' ? new RegExp(`^\\s*${literally(label)}\\s*$`) : label;
    return within
      .locator('.monaco-list-row[role="treeitem"]')
      .filter({ has: this.page.locator('.label-name', { hasText: text }) });
  }

  /** Opens a tree row's children if they are hidden. */
  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** Clicks one of the buttons that a tree row shows under the pointer. */
  async clickInlineAction(row: Locator, action: string): Promise<void> {
    const button = row.locator(`.actions .action-label[aria-label^="${action}"]`);
    for (let tries = 1; ; tries += 1) {
      await row.hover();
      try {
        return await button.click({ timeout: 3000 });
      } catch (error) {
        // The row has moved from under the pointer, as when the tree was read again.
        if (tries === 8) throw error;
      }
    }
  }

  /** Chooses from a row's context menu, or from a menu in it. */
  async chooseFromMenu(target: Locator, ...path: readonly string[]): Promise<void> {
    await target.click({ button: 'right' });
    // What is in a submenu is within the item that opens it, but not within its label.
    const actionCalled = (text: string) =>
      this.page.locator('.monaco-menu .action-menu-item').filter({ hasText: text }).first();
    for (const menu of path.slice(0, -1)) {
      await actionCalled(menu).waitFor();
      await actionCalled(menu).hover();
    }
    const action = actionCalled(path.at(-1) ?? '');
    await action.waitFor();
    // A menu drops clicks for a moment after it opened, so that the click which opened it doesn't choose.
    while (await action.isVisible()) {
      await action.click({ timeout: 1000 }).catch(() => undefined);
      await action.waitFor({ state: 'hidden', timeout: 300 }).catch(() => undefined);
    }
  }

  /** The document of a webview panel, view or custom editor, by its title. */
  async webview(title: string | RegExp, timeoutMs = 20_000): Promise<Frame> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      for (const frame of this.page.frames()) {
        const found = await frameTitle(frame);
        if (found !== undefined && (typeof title === 'string' ? found === title : title.test(found))) return frame;
      }
      if (Date.now() > until)
        throw new Error(`No webview is called ${title}. There are: ${await this.webviewTitles()}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** The document of a custom editor, which the workbench gives no title, by the kind of page in it. */
  async customEditor(kind: string, timeoutMs = 60_000): Promise<Frame> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      for (const frame of this.page.frames()) {
        if (
          (await frame
            .locator(`body[data-page="${kind}"]`)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      if (Date.now() > until) throw new Error(`No editor shows a page of the kind ${kind}.`);
      await this.page.waitForTimeout(100);
    }
  }

  private async webviewTitles(): Promise<string> {
    const titles = await Promise.all(this.page.frames().map(frameTitle));
    return titles.filter((title) => title !== undefined).join(', ') || 'none';
  }

  /** A notification whose message contains the text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-list-item', { hasText: text }).first();
  }

  async clickNotificationButton(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).locator('.monaco-button', { hasText: button }).click();
  }

  /** Closes every notification that is shown. */
  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
  }

  /** Chooses a color theme by its name in the list, for every window of this person. */
  async setTheme(name: string): Promise<void> {
    await this.runCommand('Preferences: Color Theme');
    await this.quickInput.fill(name);
    await this.choose(name);
    await this.quickInputWidget.waitFor({ state: 'hidden' });
  }

  /** The modal dialog that is open. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async clickDialogButton(button: string): Promise<void> {
    await this.dialog.locator('.monaco-button', { hasText: button }).click();
  }

  /** An editor tab by its title. */
  tab(title: string | RegExp): Locator {
    return this.page.locator('.part.editor .tab', { hasText: title });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item', { hasText: text });
  }

  /** Opens a file of the workspace by its path relative to the folder. */
  async openFile(path: string): Promise<void> {
    await this.openPalette(path);
    await this.page.locator('.quick-input-widget:visible .monaco-list-row').first().waitFor();
    await this.quickInput.press('Enter');
  }

  /** Drags the border of the side bar until it has this width. */
  async setSideBarWidth(width: number): Promise<void> {
    const box = await this.page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is hidden.');
    await this.page.mouse.move(box.x + box.width, box.y + 200);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, box.y + 200, { steps: 4 });
    await this.page.mouse.up();
    // On the edge the pointer would light it up.
    await this.page.locator('.part.statusbar').hover();
  }
}

async function frameTitle(frame: Frame): Promise<string | undefined> {
  try {
    if (frame.name() !== 'active-frame' && !frame.url().includes('fake.html')) return undefined;
    const element = await frame.frameElement();
    const own = await element.getAttribute('title');
    return own ?? undefined;
  } catch {
    // The frame went away between listing and asking.
    return undefined;
  }
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
