import * as v from 'valibot';
import * as vscode from 'vscode';
import { keyOf, type OpenPage, openPageSchema, pageKinds } from './page-kinds.ts';
import { HANDED_OVER_MS, isTabOf } from './tabs.ts';

const KEPT = 'modelRegistry.openPages';

/** A page and the title of its tab: of a tab that isn't its own, the extension is told no more than its kind and its title. */
export interface TitledPage {
  readonly page: OpenPage;
  readonly title: string;
}

/** The part of the editor's memory for this workspace that is used. */
export type PagesMemory = Pick<vscode.Memento, 'get' | 'update'>;

/**
 * The pages that an earlier process of the extension had open. After a reload of the window the editor hands over their tabs one by one, as they are looked at. After the end of
 * that process alone it never does: their tabs stay, and nobody answers them.
 */
export class EarlierPages {
  readonly #memory: PagesMemory;
  #pages: readonly TitledPage[];

  constructor(memory: PagesMemory) {
    this.#memory = memory;
    const kept = v.safeParse(v.array(v.object({ page: openPageSchema, title: v.string() })), memory.get(KEPT));
    this.#pages = kept.success ? kept.output : [];
  }

  /** The page was handed over, or opened anew. */
  settle(page: OpenPage): void {
    const key = keyOf(page);
    this.#pages = this.#pages.filter((earlier) => keyOf(earlier.page) !== key);
  }

  /** Keeps which pages are open now, for whoever comes after this process. */
  async remember(open: readonly TitledPage[]): Promise<void> {
    this.#pages = this.#pages.filter((earlier) => tabsOf(earlier).length > 0);
    await this.#memory.update(KEPT, [...this.#pages, ...open]);
  }

  /** The tab that is left of a page; none where one of the pages that are open has the same title, and might be taken for it. */
  tabOf(page: OpenPage, open: readonly TitledPage[]): vscode.Tab | undefined {
    const key = keyOf(page);
    const earlier = this.#pages.find((titled) => keyOf(titled.page) === key);
    if (!earlier || open.some(({ page: { kind }, title }) => kind === page.kind && title === earlier.title))
      return undefined;
    return tabsOf(earlier)[0];
  }

  /** Opens those anew that are in front and aren't handed over: at the start, and whenever another tab comes to the front. */
  bringBack(open: (page: OpenPage) => void): vscode.Disposable {
    if (this.#pages.length === 0) return vscode.Disposable.from();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const inFront = this.#pages.filter((earlier) => tabsOf(earlier).some(({ isActive }) => isActive));
        for (const { page } of inFront) open(page);
      }, HANDED_OVER_MS);
    };
    look();
    const { tabGroups } = vscode.window;
    return vscode.Disposable.from(tabGroups.onDidChangeTabs(look), tabGroups.onDidChangeTabGroups(look), {
      dispose: () => clearTimeout(timer),
    });
  }
}

function tabsOf({ page, title }: TitledPage): readonly vscode.Tab[] {
  const { viewType } = pageKinds[page.kind];
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter((tab) => isTabOf(tab, viewType, title));
}
