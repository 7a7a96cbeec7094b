import * as vscode from 'vscode';
import { messageOf, RegistryError } from '../../base/errors.ts';
import { impactName } from '../../base/impact-name.ts';
import { t } from '../../base/language.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { ChangedCode } from '../code/changed-code.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { PageData, PageKind } from '../messages/page-data.ts';
import type {
  ChangesPageState,
  GraphPageState,
  ModelPageState,
  PlotsPageState,
  ReviewPageState,
} from '../messages/page-states.ts';
import type { PageAction } from '../messages/requests.ts';
import type { Reviews } from '../reviews/reviews.ts';
import { preferredMetric } from '../settings.ts';
import {
  NOTHING_OF_CHANGES,
  NOTHING_OF_COMPARISONS,
  NOTHING_OF_MODELS,
  NOTHING_OF_ONE_VERSION,
  NOTHING_OF_REVIEWS,
} from './answer.ts';
import { loadComparisonPage } from './comparison-data.ts';
import { copyText } from './copy-text.ts';
import { loadModelPage, modelHandlers } from './model-handlers.ts';
import { withoutOverrides } from './overrides.ts';
import {
  changesTitle,
  comparisonTitle,
  type DirectionsOf,
  loadChangesPage,
  loadGraphPage,
  loadVersionPage,
  versionTitle,
} from './page-data.ts';
import { type OpenKind, type OpenPage, pageKinds, savedPage } from './page-kinds.ts';
import { postTo, showPage } from './page-webview.ts';
import { loadPlotsPage, plotsTitle } from './plots-data.ts';
import { type EarlyRead, readEarly } from './read-early.ts';
import { type ProposedReason, type ReviewTools, reviewPanel } from './review-panel.ts';
import { versionHandlers } from './version-handlers.ts';

export interface PagesOptions {
  readonly extensionUri: vscode.Uri;
  readonly registryFor: (registryDir: string) => Promise<RegistryCalls>;
  /** What the projects of a registry declare about a model's metrics. */
  readonly directionsFor: (registryDir: string, model: string) => ReturnType<DirectionsOf>;
  readonly changedCode: Pick<ChangedCode, 'between' | 'openFile' | 'openAll'>;
  readonly reviews: ReviewTools['reviews'] & Pick<Reviews, 'versionGates'>;
  readonly isTrusted: () => boolean;
  readonly runCommand: (id: string, ...args: readonly unknown[]) => Promise<unknown>;
  readonly log: vscode.LogOutputChannel;
}

/** The pages in editor tabs: one for each version, one for each comparison. */
export interface Pages {
  /** With `keepsFocus` the keyboard stays where it is, in the tree for example. */
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
  /** A model as a whole. With `keepsFocus` the keyboard stays where it is. */
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
}

/** Which comparison, in the order of its columns. */
export interface ComparedPage {
  readonly registryDir: string;
  readonly versionIds: readonly string[];
}

const commandOf: Readonly<Record<PageAction, string>> = {
  promote: 'modelRegistry.promote',
  review: 'modelRegistry.review',
  evaluate: 'modelRegistry.evaluate',
  rollBack: 'modelRegistry.rollBack',
  archive: 'modelRegistry.archive',
  restoreFiles: 'modelRegistry.restoreFiles',
  openTrainedCode: 'modelRegistry.openTrainedCode',
  copyReference: 'modelRegistry.copyReference',
  copyLink: 'modelRegistry.copyLink',
  compareFiles: 'modelRegistry.compareFiles',
  setAlias: 'modelRegistry.setAlias',
  removeAlias: 'modelRegistry.removeAlias',
  editTags: 'modelRegistry.editTags',
  editCard: 'modelRegistry.editCard',
  exportCard: 'modelRegistry.exportCard',
};
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
}

export function createPages(options: PagesOptions): RestorablePages {
  const { extensionUri, registryFor, directionsFor, changedCode, reviews, runCommand, log } = options;
  const reviewTools: ReviewTools = {
    reviews,
    changedCode,
    isTrusted: options.isTrusted,
    runCommand: (id, argument) => void start(id, argument),
  };
  const proposals = new Map<string, string>();
  const open = new Map<string, ShownPage>();

  function show(page: OpenPage, preserveFocus = false): void {
    const existing = open.get(keyOf(page));
    if (existing !== undefined) {
      existing.panel.reveal(undefined, preserveFocus);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      pageKinds[page.kind].viewType,
      pageKinds[page.kind].firstTitle(),
      { viewColumn: vscode.ViewColumn.Active, preserveFocus },
      { enableFindWidget: true },
    );
    fill(page, panel);
  }

  function fill(page: OpenPage, panel: vscode.WebviewPanel): void {
    const subject: Subject = { page };
    const { load, handlers } = reading(subject);
    const data = readEarly(load);
    const answer = async () => {
      const { title, data: shown } = await data.next();
      // Not before the page asks: the editor forgets a title that comes before the webview's frame is there.
      if (isOpen(subject)) panel.title = withoutOverrides(title);
      return shown;
    };
    open.set(keyOf(page), { subject, panel, data });
    panel.iconPath = new vscode.ThemeIcon(pageKinds[page.kind].icon);
    const answering = showPage<PageKind>(panel.webview, {
      extensionUri,
      kind: page.kind,
      title: panel.title,
      state: page.state,
      handlers: { ...handlersOf(subject), ...handlers, load: answer },
      first: data.first.then(({ data: shown }) => shown),
      isOpen: () => isOpen(subject),
      log,
    });
    const closing = panel.onDidDispose(() => {
      open.delete(keyOf(subject.page));
      proposals.delete(keyOf(subject.page));
      answering.dispose();
      closing.dispose();
    });
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
          return load(subject.page, registry, directionsOf);
        },
        handlers: NOTHING_OF_REVIEWS,
      };
    }
    const review = reviewPanel(page.state, reviewTools, proposedFor(keyOf(page)));
    return { load: async () => review.load(await registryFor(registryDir), directionsOf), handlers: review.handlers };
  }

  function handlersOf(subject: Subject): Omit<RequestHandlers<PageKind>, 'load' | keyof typeof NOTHING_OF_REVIEWS> {
    const { page } = subject;
    const { registryDir } = page.state;
    const versionsNow = () => versionsOf(subject.page);
    const checkOnPage = (ids: readonly string[]) => {
      const other = ids.find((id) => !versionsNow().includes(id));
      if (other === undefined) return;
      throw new RegistryError(
        'NOT_ON_PAGE',
        t("Version {other} isn't on this page, so nothing was done. Open its own page.", { other }),
      );
    };
    return {
      act: async ({ action, versionId }) => {
        checkOnPage([versionId]);
        // The link of a review leads to the review.
        const stage = page.kind === 'review' && action === 'copyLink' ? { stage: page.state.stage } : {};
        void start(commandOf[action], { registryDir, versionId, ...stage });
      },
      openVersion: async ({ ref }) => {
        const { id } = await (await registryFor(registryDir)).show({ ref });
        show({ kind: 'version', state: { registryDir, versionId: id } });
      },
      openComparison: async ({ versionIds: compared }) => {
        const registry = await registryFor(registryDir);
        await Promise.all(compared.map((ref) => registry.show({ ref })));
        show({ kind: 'comparison', state: { registryDir, versionIds: compared } });
      },
      openChanges: async ({ before, after }) => {
        const refs = before === undefined ? [after] : [before, after];
        const changes = await (await registryFor(registryDir)).changes({ refs });
        show({ kind: 'changes', state: { registryDir, beforeId: changes.before.id, afterId: changes.after.id } });
      },
      openGraph: async ({ of }) => {
        await (await registryFor(registryDir)).impact({ of, limit: 1 });
        show({ kind: 'graph', state: { registryDir, of } });
      },
      // Only looked at: it may be of any version of the registry.
      openFile: async (file) => void start('modelRegistry.openFiles', { registryDir, ...file }),
      versionGates: async ({ versionId = versionsNow()[0] ?? '' }) => {
        checkOnPage([versionId]);
        return reviews.versionGates(registryDir, versionId);
      },
      openReview: async ({ versionId, stage }) => {
        checkOnPage([versionId]);
        await checkStage(await registryFor(registryDir), versionId, stage);
        show({ kind: 'review', state: { registryDir, versionId, stage } });
      },
      openModel: async ({ modelId }) => {
        await (await registryFor(registryDir)).showModel({ model: modelId });
        show({ kind: 'model', state: { registryDir, modelId } });
      },
      ...(page.kind === 'model'
        ? modelHandlers(page.state, registryFor, (command, target) => void start(command, target))
        : NOTHING_OF_MODELS),
      ...(page.kind === 'changes' ? changesHandlers(page.state) : NOTHING_OF_CHANGES),
      ...(page.kind === 'comparison'
        ? comparisonHandlers(registryDir, versionsNow, checkOnPage)
        : NOTHING_OF_COMPARISONS),
      copyText,
      tensorRows: async (query) => {
        const [ref = ''] = versionsNow();
        return (await registryFor(registryDir)).tensorRows({ ref, query });
      },
      facts: async (_params, operation) => {
        const [ref = ''] = versionsNow();
        const { version: _version, ...facts } = await (await registryFor(registryDir)).facts({ ref }, operation);
        return facts;
      },
      ...(page.kind === 'version'
        ? versionHandlers(page.state, {
            registryFor,
            isTrusted: options.isTrusted,
            start: (command, target) => void start(command, target),
          })
        : NOTHING_OF_ONE_VERSION),
      history: async ({ versionId: ref = versionsNow()[0] ?? '' }) => {
        checkOnPage([ref]);
        return (await (await registryFor(registryDir)).history({ ref })) ?? {};
      },
      compareTensors: async ({ before, after }, operation) => {
        checkOnPage([before, after]);
        const request = { refs: [before, after], withoutRows: true };
        const {
          versions: _,
          tensors: _rows,
          ...compared
        } = await (await registryFor(registryDir)).compareTensors(request, operation);
        return compared;
      },
      comparedTensorRows: async ({ before, after, query }, operation) => {
        checkOnPage([before, after]);
        return (await registryFor(registryDir)).comparedTensorRows({ refs: [before, after], query }, operation);
      },
      registerFile: async () => {
        throw new RegistryError(
          'NOT_ON_PAGE',
          t('This page shows no file of the workspace, so there is nothing to register.'),
        );
      },
    };
  }

  function changesHandlers(
    state: ChangesPageState,
  ): Pick<RequestHandlers<PageKind>, 'codeBetween' | 'openFileChange' | 'openFileChanges'> {
    return {
      codeBetween: async (_params, operation) => {
        const between = await changedCode.between(state, operation);
        return between ? { between } : {};
      },
      openFileChange: (file) => changedCode.openFile(state, file),
      openFileChanges: () => changedCode.openAll(state),
    };
  }

  function comparisonHandlers(
    registryDir: string,
    versionsNow: () => readonly string[],
    checkOnPage: (ids: readonly string[]) => void,
  ): Pick<RequestHandlers<PageKind>, keyof typeof NOTHING_OF_COMPARISONS | 'openFileChanges'> {
    return {
      openFileChanges: async ({ between }) => {
        if (!between) throw new RegistryError('NOT_ON_PAGE', t('Between which of the versions wasn’t said.'));
        checkOnPage(between);
        const [beforeId, afterId] = between;
        await changedCode.openAll({ registryDir, beforeId, afterId });
      },
      arrangeComparison: async ({ versionIds }) => arrange({ registryDir, versionIds: versionsNow() }, versionIds),
      chooseCompared: async () =>
        void start('modelRegistry.compareVersions', { registryDir, compared: [...versionsNow()] }),
      copyComparisonLink: async () => {
        const targets = versionsNow().map((versionId) => ({ registryDir, versionId }));
        await runCommand('modelRegistry.copyLink', targets[0], targets);
      },
    };
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
      show({ kind: 'version', state: { registryDir, versionId } }, keepsFocus),
    openComparison: ({ registryDir, versionIds }) =>
      show({ kind: 'comparison', state: { registryDir, versionIds: [...versionIds] } }),
    arrangeComparison: arrange,
    openGraph: (state) => show({ kind: 'graph', state }),
    openModel: ({ registryDir, modelId, keepsFocus }) =>
      show({ kind: 'model', state: { registryDir, modelId } }, keepsFocus),
    openPlots: (state) => show({ kind: 'plots', state }),
    openChanges: (state) => show({ kind: 'changes', state }),
    openReview(state, proposal) {
      const page: OpenPage = { kind: 'review', state };
      if (proposal !== undefined) proposals.set(keyOf(page), proposal);
      const shown = open.get(keyOf(page));
      show(page, proposal !== undefined);
      if (shown && proposal !== undefined) tellChanged(shown);
    },
    reviewInFront() {
      const shown = [...open.values()].find(({ panel }) => panel.active);
      return shown?.subject.page.kind === 'review' ? shown.subject.page.state : undefined;
    },
    refresh,
    restore: (kind, panel, saved) => restore(panel, savedPage(kind, saved)),
  };
}

async function load(
  page: OpenPage,
  registry: RegistryCalls,
  directionsOf: DirectionsOf,
): Promise<{ readonly title: string; readonly data: PageData[PageKind] }> {
  if (page.kind === 'version') {
    const data = await loadVersionPage(registry, page.state.versionId, directionsOf);
    return { title: versionTitle(data.version), data };
  }
  if (page.kind === 'model') {
    const data = await loadModelPage(registry, page.state.modelId, directionsOf, preferredMetric());
    return { title: data.model.name, data };
  }
  if (page.kind === 'graph') {
    const data = await loadGraphPage(registry, page.state.of);
    return { title: t('Lineage of {subject}', { subject: impactName(data.impact.subject) }), data };
  }
  if (page.kind === 'changes') {
    const { beforeId, afterId } = page.state;
    const data = await loadChangesPage(registry, [beforeId, afterId], directionsOf);
    return { title: changesTitle(data), data };
  }
  if (page.kind === 'plots') {
    const data = await loadPlotsPage(registry, page.state, directionsOf, preferredMetric());
    return { title: plotsTitle(data), data };
  }
  if (page.kind === 'comparison') {
    const data = await loadComparisonPage(registry, page.state.versionIds, directionsOf);
    return { title: comparisonTitle(data.versions), data };
  }
  throw new RegistryError('NOT_ON_PAGE', t('A review is read by its own panel.'));
}

/** What isn't there gets no tab: the page that asked for it is told. */
async function checkStage(registry: RegistryCalls, ref: string, stage: string): Promise<void> {
  const { modelId } = await registry.show({ ref });
  if ((await registry.stages({ model: modelId })).some(({ name }) => name === stage)) return;
  throw new RegistryError('STAGE_UNKNOWN', t('The model has no stage {stage} that could be reviewed for.', { stage }));
}

function keyOf(page: OpenPage): string {
  const of =
    page.kind === 'graph'
      ? [page.state.of]
      : page.kind === 'review'
        ? [page.state.versionId, page.state.stage]
        : page.kind === 'model'
          ? [page.state.modelId]
          : page.kind === 'plots'
            ? [page.state.modelId, JSON.stringify(page.state.of)]
            : versionsOf(page);
  return JSON.stringify([page.kind, page.state.registryDir, ...of]);
}

function versionsOf({ kind, state }: OpenPage): readonly string[] {
  switch (kind) {
    case 'version':
    case 'review':
      return [state.versionId];
    case 'comparison':
      return state.versionIds;
    case 'changes':
      return [state.beforeId, state.afterId];
    case 'graph':
    case 'model':
    case 'plots':
      return [];
  }
}
