import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import type { PageKind } from '../messages/page-data.ts';
import type {
  ChangesPageState,
  GraphPageState,
  ModelPageState,
  PlotsPageState,
  ReviewPageState,
} from '../messages/page-states.ts';
import type { Reviews } from '../reviews/reviews.ts';
import type { ComparedPage } from './comparison-handlers.ts';
import type { EarlierPages, TitledPage } from './earlier-pages.ts';
import { loadPage } from './load-page.ts';
import { notHere } from './not-here.ts';
import { NOTHING_OF_REVIEWS } from './not-on-page.ts';
import { withoutOverrides } from './overrides.ts';
import type { DirectionsOf } from './page-data.ts';
import { type HandlerTools, pageHandlers } from './page-handlers.ts';
import { keyOf, type OpenKind, type OpenPage, pageKinds, savedPage } from './page-kinds.ts';
import { postTo, showPage } from './page-webview.ts';
import { PreviewPage } from './preview-page.ts';
import { type EarlyRead, readEarly } from './read-early.ts';
import { type ProposedReason, type ReviewTools, reviewPanel } from './review-panel.ts';

export interface PagesOptions extends Pick<HandlerTools, 'registryFor' | 'changedCode' | 'isTrusted' | 'runCommand'> {
  readonly extensionUri: vscode.Uri;
  /** What the projects of a registry declare about a model's metrics. */
  readonly directionsFor: (registryDir: string, model: string) => ReturnType<DirectionsOf>;
  readonly reviews: ReviewTools['reviews'] & Pick<Reviews, 'versionGates'>;
  readonly earlier: EarlierPages;
  readonly log: vscode.LogOutputChannel;
}

/** The pages in editor tabs: one for each version, one for each comparison. */
export interface Pages {
  /** With `keepsFocus` it is the page of a row: the keyboard stays there, and the page takes the place of the one that was only looked at. */
  openVersion(page: { readonly registryDir: string; readonly versionId: string; readonly keepsFocus?: boolean }): void;
  /** Two to eight versions, in the order of their columns. */
  openComparison(page: ComparedPage): void;
  /** Other versions on the page of a comparison, or in another order. Opens it where there is none any more. */
  arrangeComparison(page: ComparedPage, versionIds: readonly string[]): void;
  /** What changed from one version to another. */
  openChanges(page: ChangesPageState): void;
  /** What made something and what it went into. */
  openGraph(page: GraphPageState): void;
  /** A version on its way to a stage. With the reason of a proposal, which the person finds filled in; the keyboard stays where it is then. */
  openReview(page: ReviewPageState, proposal?: string): void;
  /** The review that the person has before them, if it is one. */
  reviewInFront(): ReviewPageState | undefined;
  /** The version whose page, or whose review, the person has before them. */
  versionInFront(): { readonly registryDir: string; readonly versionId: string } | undefined;
  /** A model as a whole. `keepsFocus` as for a version. */
  openModel(page: ModelPageState & { readonly keepsFocus?: boolean }): void;
  /** Many versions of a model as pictures. */
  openPlots(page: PlotsPageState): void;
  /** Tells the open pages of a registry, or all, to read their data again; with `kind` only those of that kind. */
  refresh(registryDir?: string, kind?: PageKind): void;
}

/** Pages that can be brought back after the window was reloaded. */
export interface RestorablePages extends Pages {
  /** Fills the tab of a page from what its script had saved, or closes it where that says no page, or one that is open already. */
  restore(kind: OpenKind, panel: vscode.WebviewPanel, saved: unknown): void;
  /** Opens a page in the place of the tab that nobody answers any more. */
  replace(page: OpenPage): void;
}

/** They change nothing that a page shows. */
const LOOK_UPS: readonly string[] = [
  'modelRegistry.openFiles',
  'modelRegistry.review',
  'modelRegistry.copyReference',
  'modelRegistry.copyLink',
  'modelRegistry.compareFiles',
  'modelRegistry.compareVersions',
  'modelRegistry.openTrainedCode',
  'modelRegistry.editCard',
  'modelRegistry.exportCard',
  'modelRegistry.saveFile',
];

/** What a tab is about: a comparison may become one of other versions. */
interface Subject {
  page: OpenPage;
}

interface ShownPage {
  readonly subject: Subject;
  readonly panel: vscode.WebviewPanel;
  readonly data: Pick<EarlyRead<unknown>, 'outdate'>;
  /** How many pages the panel showed before this one. */
  readonly turn: number;
  /** The panel shows another page from now on. */
  end(): void;
}

interface ShowOptions {
  /** The keyboard stays where it is. */
  readonly preserveFocus?: boolean;
  /** It is only looked at, as what a row stands for. */
  readonly isPreview?: boolean;
}

export function createPages(options: PagesOptions): RestorablePages {
  const { extensionUri, registryFor, directionsFor, changedCode, reviews, earlier, isTrusted, runCommand, log } =
    options;
  const reviewTools: ReviewTools = {
    reviews,
    changedCode,
    isTrusted,
    runCommand: (id, argument) => void start(id, argument),
  };
  const handlerTools: HandlerTools = {
    registryFor,
    changedCode,
    reviews,
    isTrusted,
    runCommand,
    show,
    arrange,
    start: (command, target) => void start(command, target),
  };
  const proposals = new Map<string, string>();
  const open = new Map<string, ShownPage>();
  const preview = new PreviewPage<ShownPage>();

  function show(page: OpenPage, { preserveFocus = false, isPreview = false }: ShowOptions = {}): void {
    const existing = open.get(keyOf(page));
    if (existing !== undefined) {
      preview.openAgain(existing, { isFromRow: isPreview });
      existing.panel.reveal(undefined, preserveFocus);
      return;
    }
    const left = earlier.tabOf(page, titled());
    // What is left in a tab of its own was kept: it takes nobody's place, and nobody takes its.
    const before = isPreview && !left ? preview.take() : undefined;
    if (before?.subject.page.kind === page.kind) {
      // The editor keeps what it made for the webview, which takes half of the time.
      before.end();
      preview.begin(fill(page, before.panel, { isPreview, turn: before.turn + 1 }));
      before.panel.reveal(undefined, preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      pageKinds[page.kind].viewType,
      left?.label ?? pageKinds[page.kind].firstTitle(),
      { viewColumn: left?.group.viewColumn ?? vscode.ViewColumn.Active, preserveFocus },
      { enableFindWidget: true },
    );
    const isLookedAt = isPreview && !left;
    const shown = fill(page, panel, { isPreview: isLookedAt });
    if (isLookedAt) preview.begin(shown);
    before?.panel.dispose();
    if (left) void vscode.window.tabGroups.close(left, true);
  }

  function titled(): readonly TitledPage[] {
    return [...open.values()].map(({ subject, panel }) => ({ page: subject.page, title: panel.title }));
  }

  function remember(): void {
    earlier.remember(titled()).then(undefined, (error: unknown) => log.error(messageOf(error)));
  }

  function fill(page: OpenPage, panel: vscode.WebviewPanel, { isPreview = false, turn = 0 } = {}): ShownPage {
    const subject: Subject = { page };
    const { load, handlers } = reading(subject);
    const data = readEarly(load);
    const entitle = (title: string) => {
      if (!isOpen(subject) || panel.title === withoutOverrides(title)) return;
      panel.title = withoutOverrides(title);
      remember();
    };
    const answer = async () => {
      const { title, data: told } = await data.next().catch((error: unknown) => {
        throw isOpen(subject) ? notHere(error, subject.page, panel.title) : error;
      });
      // Not before the page asks: the editor forgets a title that comes before the webview's frame is there.
      entitle(title);
      return told;
    };
    let known: string | undefined;
    data.first.then(
      ({ title }) => (known = title),
      () => undefined,
    );
    /** Before the frame of a page that takes another's place is made: it gets the title that the tab has then. */
    const titleNow = () => {
      if (turn > 0) entitle(known ?? pageKinds[page.kind].firstTitle());
      return panel.title;
    };
    const end = () => {
      open.delete(keyOf(subject.page));
      preview.keep(shown);
      answering.dispose();
      closing.dispose();
    };
    const shown: ShownPage = { subject, panel, data, turn, end };
    open.set(keyOf(page), shown);
    earlier.settle(page);
    remember();
    panel.iconPath = new vscode.ThemeIcon(pageKinds[page.kind].icon);
    const answering = showPage<PageKind>(panel.webview, {
      extensionUri,
      kind: page.kind,
      title: titleNow,
      state: page.state,
      turn,
      isPreview,
      handlers: {
        ...pageHandlers(() => subject.page, handlerTools),
        ...handlers,
        load: answer,
        keep: async () => preview.keep(shown),
      },
      first: data.first.then(({ data: early }) => early),
      isOpen: () => isOpen(subject),
      log,
    });
    const closing = panel.onDidDispose(() => {
      proposals.delete(keyOf(subject.page));
      end();
      remember();
    });
    return shown;
  }

  function proposedFor(key: string): ProposedReason {
    return { get: () => proposals.get(key), settle: () => void proposals.delete(key) };
  }

  /** A panel that the person closed meanwhile throws at every touch. */
  function isOpen(subject: Subject): boolean {
    return open.get(keyOf(subject.page))?.subject === subject;
  }

  /** The tab stays, and so does what the person chose on it. */
  function arrange({ registryDir, versionIds }: ComparedPage, wanted: readonly string[]): void {
    const page: OpenPage = { kind: 'comparison', state: { registryDir, versionIds: [...wanted] } };
    const before = keyOf({ kind: 'comparison', state: { registryDir, versionIds: [...versionIds] } });
    const shown = open.get(before);
    if (!shown || open.has(keyOf(page))) {
      show(page);
      return;
    }
    open.delete(before);
    shown.subject.page = page;
    open.set(keyOf(page), shown);
    remember();
    tellChanged(shown);
  }

  /** How the data of a page is read, and what else a page of a review asks, which remembers what it read. */
  function reading(subject: Subject) {
    const { page } = subject;
    const { registryDir } = page.state;
    const directionsOf: DirectionsOf = (model) => directionsFor(registryDir, model);
    if (page.kind !== 'review') {
      return {
        load: async () => {
          const registry = await registryFor(registryDir);
          return loadPage(subject.page, registry, directionsOf, isTrusted());
        },
        handlers: NOTHING_OF_REVIEWS,
      };
    }
    const review = reviewPanel(page.state, reviewTools, proposedFor(keyOf(page)));
    return { load: async () => review.load(await registryFor(registryDir), directionsOf), handlers: review.handlers };
  }

  /** Not awaited by the page: the command asks the person, who may take their time. It shows its own failures. */
  async function start(command: string, target: { readonly registryDir: string; readonly [name: string]: unknown }) {
    try {
      await runCommand(command, target);
      if (!LOOK_UPS.includes(command)) refresh(target.registryDir);
    } catch (error) {
      log.error(`${command} failed: ${messageOf(error)}`);
    }
  }

  function refresh(registryDir?: string, kind?: PageKind): void {
    for (const shown of open.values()) {
      const { page } = shown.subject;
      const isOf = registryDir === undefined || page.state.registryDir === registryDir;
      if (isOf && (kind === undefined || page.kind === kind)) tellChanged(shown);
    }
  }

  function tellChanged({ panel, data }: ShownPage): void {
    data.outdate();
    void postTo(panel.webview, { kind: 'changed' });
  }

  function restore(panel: vscode.WebviewPanel, page: OpenPage | undefined): void {
    if (page !== undefined && !open.has(keyOf(page))) {
      fill(page, panel);
      return;
    }
    log.warn(
      `The tab “${panel.title}” wasn't brought back: ${page === undefined ? 'it saved no page' : 'it is open already'}.`,
    );
    panel.dispose();
  }

  return {
    openVersion: ({ registryDir, versionId, keepsFocus }) =>
      show({ kind: 'version', state: { registryDir, versionId } }, ofRow(keepsFocus)),
    openComparison: ({ registryDir, versionIds }) =>
      show({ kind: 'comparison', state: { registryDir, versionIds: [...versionIds] } }),
    arrangeComparison: arrange,
    openGraph: (state) => show({ kind: 'graph', state }),
    openModel: ({ registryDir, modelId, keepsFocus }) =>
      show({ kind: 'model', state: { registryDir, modelId } }, ofRow(keepsFocus)),
    openPlots: (state) => show({ kind: 'plots', state }),
    openChanges: (state) => show({ kind: 'changes', state }),
    openReview(state, proposal) {
      const page: OpenPage = { kind: 'review', state };
      if (proposal !== undefined) proposals.set(keyOf(page), proposal);
      const shown = open.get(keyOf(page));
      show(page, { preserveFocus: proposal !== undefined });
      if (shown && proposal !== undefined) tellChanged(shown);
    },
    reviewInFront() {
      const shown = [...open.values()].find(({ panel }) => panel.active);
      return shown?.subject.page.kind === 'review' ? shown.subject.page.state : undefined;
    },
    versionInFront() {
      const page = [...open.values()].find(({ panel }) => panel.active)?.subject.page;
      return page?.kind === 'version' || page?.kind === 'review' ? page.state : undefined;
    },
    refresh,
    restore: (kind, panel, saved) => restore(panel, savedPage(kind, saved)),
    replace: (page) => {
      if (earlier.tabOf(page, titled())) show(page, { preserveFocus: true });
    },
  };
}

function ofRow(keepsFocus = false): ShowOptions {
  return { preserveFocus: keepsFocus, isPreview: keepsFocus };
}
