import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { EarlierPages, type PagesMemory } from './earlier-pages.ts';
import { type OpenKind, openKinds, pageKinds } from './page-kinds.ts';
import type { Pages, PagesOptions, RestorablePages } from './pages.ts';

/** Pages that are there at once, and are read with the first that is opened or brought back: the start of the editor doesn't wait for them. */
export function pagesLater(
  laterOptions: Omit<PagesOptions, 'earlier'> & { readonly memory: PagesMemory },
): Pages & vscode.Disposable {
  const earlier = new EarlierPages(laterOptions.memory);
  const options = { ...laterOptions, earlier };
  let made: RestorablePages | undefined;
  const pages = async (): Promise<RestorablePages> => {
    const { createPages } = await import('./pages.ts');
    made ??= createPages(options);
    return made;
  };
  const use = (what: (pages: RestorablePages) => void): void => {
    pages()
      .then(what)
      .catch((error: unknown) => options.log.error(`The page wasn’t opened: ${messageOf(error)}`));
  };
  const bringingBack = vscode.Disposable.from(
    bringBack(async (...tab) => (await pages()).restore(...tab)),
    earlier.bringBack((page) => use(({ replace }) => replace(page))),
  );
  return {
    openVersion: (page) => use(({ openVersion }) => openVersion(page)),
    openComparison: (page) => use(({ openComparison }) => openComparison(page)),
    arrangeComparison: (page, versionIds) => use(({ arrangeComparison }) => arrangeComparison(page, versionIds)),
    openChanges: (page) => use(({ openChanges }) => openChanges(page)),
    openGraph: (page) => use(({ openGraph }) => openGraph(page)),
    openReview: (page, proposal) => use(({ openReview }) => openReview(page, proposal)),
    openModel: (page) => use(({ openModel }) => openModel(page)),
    openPlots: (page) => use(({ openPlots }) => openPlots(page)),
    reviewInFront: () => made?.reviewInFront(),
    versionInFront: () => made?.versionInFront(),
    // What isn't open has nothing to read again.
    refresh: (registryDir, kind) => made?.refresh(registryDir, kind),
    // Open panels stay: the editor closes them, or keeps them over a reload.
    dispose: () => bringingBack.dispose(),
  };
}

/** Brings back the tabs that were open before the window was reloaded. */
export function bringBack(
  restore: (kind: OpenKind, panel: vscode.WebviewPanel, saved: unknown) => Promise<void>,
): vscode.Disposable {
  return vscode.Disposable.from(
    ...openKinds.map((kind) =>
      vscode.window.registerWebviewPanelSerializer(pageKinds[kind].viewType, {
        deserializeWebviewPanel: async (panel, saved: unknown) => restore(kind, panel, saved),
      }),
    ),
  );
}
