import type { Page } from 'playwright-core';
import type { ModelFilePageData, PageKind } from '../../src/extension/messages/page-data.ts';
import { summariseFacts } from '../../src/modelfiles/facts-summary.ts';
import { tensorTable } from '../../src/modelfiles/tensor-rows.ts';
import { comparedTensorTable } from '../../src/modelfiles/tensors/compared-rows.ts';
import { bertFile, bertTensors, bertVersion, calmPageFacts, calmVersion, pageFacts } from './bert-examples.ts';
import { comparedVersions, comparison, comparisonWithUnrecorded } from './comparison-examples.ts';
import {
  barePage,
  bareVersion,
  changes,
  changesWithUnrecorded,
  codeBetween,
  comparedTensors,
  courses,
  graphPage,
  hostileVersion,
  tensorComparison,
  trends,
  versionDetails,
  versionPage,
  versionSummary,
} from './examples.ts';
import {
  extremeChanges,
  extremeCode,
  extremeComparison,
  extremeCourses,
  extremeFacts,
  extremeGraph,
  extremeModelFile,
  extremeReview,
  extremeVersionGates,
  extremeVersionPage,
  manyTensors,
} from './extreme-examples.ts';
import { extremeModelPage } from './extreme-model.ts';
import { approval, comparedGates, gatesOf, productionGates, someGates } from './gate-examples.ts';
import type { Harness, OpenedPage, OpenOptions } from './harness.ts';
import { modelOverview, modelPage, plottedIn, plottedVersion } from './model-examples.ts';
import { extremePlots, plotsPage } from './plots-examples.ts';
import { reviewPage } from './review-examples.ts';

/** The states that every page is looked at in; a page may have more. */
export const requiredStates = ['typical', 'empty', 'error', 'extreme'] as const;
type RequiredState = (typeof requiredStates)[number];

type StateOptions<K extends PageKind> = Omit<OpenOptions<K>, 'kind' | 'theme' | 'width' | 'height'> & {
  /** What a person does first. */
  readonly first?: (page: Page) => Promise<void>;
};
type StatesOf<K extends PageKind> = Readonly<Record<RequiredState, StateOptions<K>>> &
  Readonly<Record<string, StateOptions<K>>>;

const failure =
  'The log of /home/ada/fraud/.git/model-registry is damaged: commit 12 doesn’t follow commit 11. Run `model-registry verify`.';
const failing = () => Promise.reject(new Error(failure));
const hanging = () => new Promise<never>(() => undefined);
const changed = "postMessage({ kind: 'changed' }, '*')";

/** The data once, and then none: each page asks at first and after a change. */
function failingAfterwards<T>(data: () => Promise<T>): () => Promise<T> {
  let asked = 0;
  return () => {
    asked += 1;
    return asked % 2 === 1 ? data() : failing();
  };
}

const cardText =
  '# Fraud detector\n\nScores card payments. See [its paper](https://example.org/paper).\n\n| split | auc |\n|---|---|\n| test | 0.9412 |\n\n```python\nmodel.predict(x)\n```\n'.repeat(
    4,
  );

function modelFile(changed: Partial<ModelFilePageData> = {}): ModelFilePageData {
  const { facts } = pageFacts();
  const { path, sizeBytes } = bertFile();
  return {
    ...{ name: path, path: `models/${path}`, sizeBytes, changedAt: '2026-11-20T09:14:00.000Z', fileCount: 1 },
    facts: facts ?? summariseFacts({ format: 'pytorch' }, 'PyTorch'),
    canRegister: true,
    ...changed,
  };
}

const emptyOf = { params: {}, tags: {}, aliases: [], metrics: {}, description: '' };

const ofGrace = approval('grace@example.org', { comment: 'Looked at the slices.' });

/** Every page in every state: what its pictures are made of, and what looks, accessibility and forged messages are tested on. */
export const screens: { readonly [K in PageKind]: StatesOf<K> } = {
  version: {
    typical: {
      data: async () => versionPage(calmVersion(2, { hasHistory: true, stage: 'staging' })),
      facts: async () => calmPageFacts(),
      history: courses(),
      trends: trends(),
      tensors: tensorTable(bertTensors),
      versionGates: async () => productionGates(calmVersion(2, { stage: 'staging' }), { approvals: [ofGrace] }),
    },
    empty: { data: async () => barePage(bareVersion()) },
    error: { data: failing },
    extreme: {
      data: async () => extremeVersionPage(),
      facts: async () => extremeFacts(),
      history: extremeCourses(),
      tensors: tensorTable(manyTensors),
      versionGates: async () => extremeVersionGates(),
    },
    hostile: {
      data: async () => ({ ...versionPage(hostileVersion()), stages: [hostileVersion().stage, 'production'] }),
      facts: async () => extremeFacts(),
      versionGates: async () => productionGates(hostileVersion()),
    },
    'over versions': {
      data: async () => versionPage(versionDetails(2, { stage: 'production' })),
      trends: trends(),
      versionGates: async () => productionGates(versionDetails(2, { stage: 'production' })),
    },
    'parts failed': {
      data: async () => versionPage(versionDetails(2, { hasHistory: true })),
      facts: failing,
      versionGates: failing,
      failing: ['history'],
      failure,
      trends: trends(),
    },
    restricted: {
      data: async () => ({ ...versionPage(bertVersion(2, { stage: 'production' })), isRestricted: true }),
      facts: async () => pageFacts(),
      trends: trends(),
      versionGates: async () => productionGates(bertVersion(2, { stage: 'production' })),
    },
    loading: { data: hanging, isLeftWaiting: true },
    waiting: {
      data: async () =>
        versionPage(versionDetails(2, { hasHistory: true, pending: true, transitions: [], aliases: [] })),
      trends: trends(),
      late: hanging(),
      isLeftWaiting: true,
    },
    silent: {
      data: async () => versionPage(versionDetails(2, { hasHistory: true })),
      late: hanging(),
      isLeftWaiting: true,
      ownsTime: true,
      first: async (page) => {
        await page.evaluate('globalThis.askHost = () => new Promise(() => {})');
        await page.clock.runFor(7000);
      },
    },
    outdated: {
      data: failingAfterwards(async () => versionPage()),
      trends: trends(),
      versionGates: async () => productionGates(versionDetails()),
      first: (page) => page.evaluate(changed),
    },
    writing: {
      data: async () => versionPage(bertVersion(2, { hasHistory: true, description: cardText })),
      facts: async () => pageFacts(),
      history: courses(),
      trends: trends(),
      tensors: tensorTable(bertTensors),
      preview: ({ path }) => ({ kind: 'text', path, text: '{"learning_rate": 0.1}\n', isCut: true }),
      versionGates: async () => productionGates(bertVersion(), { approvals: [ofGrace] }),
      first: openAll,
    },
  },
  comparison: {
    typical: { data: async () => comparison(3) },
    empty: {
      data: async () => ({
        versions: [versionSummary(1, emptyOf), versionSummary(2, emptyOf)],
        ...{ facts: [], metrics: [], params: [], tags: [], lineage: [], dependencies: [], files: [], fileCount: 0 },
        ...{ evaluations: [], data: [], environment: [] },
        hasHistory: [false, false],
      }),
    },
    error: { data: failing },
    extreme: { data: async () => extremeComparison() },
    eight: { data: async () => comparison(8) },
    'not recorded': {
      data: async () => comparisonWithUnrecorded(2),
      first: (page) => page.getByRole('button', { name: 'Show 1 row that is missing' }).first().click(),
    },
    filtered: {
      data: async () => comparison(3),
      first: async (page) => {
        await page.locator('vscode-checkbox').click();
        await page.getByLabel('Filter rows').first().fill('zzz');
      },
    },
    curves: {
      data: async () => ({ ...comparison(4), hasHistory: [true, true, false, true] }),
      history: courses(),
      first: (page) => page.getByRole('button', { name: 'Curves' }).click(),
    },
    gates: {
      data: async () => comparison(3),
      versionGates: async ({ versionId }) => comparedGates(comparedVersions(3), versionId),
      first: showGates,
    },
    tensors: {
      data: async () => comparison(3),
      compareTensors: async () => tensorComparison(1000),
      comparedTensors: comparedTensorTable(comparedTensors(1000)),
      first: (page) => page.getByRole('button', { name: 'Tensors' }).click(),
    },
  },
  plots: {
    typical: { data: async () => plotsPage() },
    empty: { data: async () => plotsPage({ versions: [], params: [], metrics: [], same: [], total: 0 }) },
    error: { data: failing },
    extreme: { data: async () => extremePlots() },
    filtered: {
      data: async () => plotsPage(),
      first: async (page) => {
        await page.locator('#filters .bound').first().fill('0.9');
        await page.keyboard.press('Tab');
        for (const index of [0, 1]) await page.locator('#versions input[type=checkbox]').nth(index).check();
      },
    },
    scatter: {
      data: async () => plotsPage(),
      first: (page) => page.getByRole('button', { name: 'Scatter' }).click(),
    },
  },
  changes: {
    typical: { data: async () => changes(), codeBetween: async () => codeBetween() },
    empty: {
      data: async () =>
        changes({
          before: versionSummary(1, emptyOf),
          after: versionSummary(2, emptyOf),
          code: {},
          ...{ data: [], packages: [], params: [], metrics: [], environment: [], facts: [] },
          ...{ hasData: [false, false], hasPackages: [false, false] },
          weights: 'unknown',
        }),
    },
    error: { data: failing },
    extreme: { data: async () => extremeChanges(), codeBetween: async () => extremeCode() },
    'not recorded': { data: async () => changesWithUnrecorded() },
    'code failed': { data: async () => changes(), codeBetween: failing },
  },
  graph: {
    typical: { data: async () => graphPage() },
    empty: {
      data: async () => {
        const { graph, impact } = graphPage();
        return {
          graph: { ...graph, nodes: graph.nodes.slice(0, 1), edges: [] },
          impact: { ...impact, total: 0, stages: [], items: [] },
        };
      },
    },
    error: { data: failing },
    extreme: { data: async () => extremeGraph() },
  },
  review: {
    typical: {
      data: async () => reviewPage(),
      gates: async () => ({ gates: someGates() }),
      codeBetween: async () => codeBetween(),
    },
    empty: {
      data: async () => {
        const { other: _, changes: _changes, ...rest } = reviewPage({ version: bareVersion(), approvals: [] });
        return { ...rest, otherStages: [] };
      },
      gates: async () => ({ gates: [] }),
    },
    error: { data: failing },
    extreme: {
      data: async () => extremeReview().data,
      gates: async () => ({ gates: extremeReview().gates }),
      codeBetween: async () => extremeCode(),
    },
    restricted: {
      data: async () => reviewPage({ isTrusted: false }),
      gates: failing,
      codeBetween: failing,
    },
    running: {
      data: async () => reviewPage({ running: { step: 'python validate.py (2 of 3)' } }),
      gates: hanging,
      codeBetween: hanging,
      isLeftWaiting: true,
    },
    ready: {
      data: async () => reviewPage({ proposal: 'Better on every slice' }),
      gates: async () => ({
        gates: gatesOf(reviewPage().version, { gates: [{ metric: 'test_auc', min: 0.85 }], asksPeople: false }),
      }),
      codeBetween: async () => codeBetween(),
    },
  },
  model: {
    typical: { data: async () => modelPage() },
    empty: {
      data: async () => {
        const { production: _, latest: _latest, ...model } = modelOverview({ versions: 0, aliases: [], comments: [] });
        const nothing = { description: '', tags: {}, stageCounts: [], metricNames: [], paramNames: [] };
        return {
          model: { ...model, ...nothing, latestMetrics: {}, registeredBy: [], formerNames: [] },
          stage: 'production',
          tenures: { items: [] },
        };
      },
    },
    error: { data: failing },
    extreme: { data: async () => extremeModelPage() },
    table: {
      data: async () => modelPage(),
      model: { glance: async ({ number }) => ({ version: plottedVersion(number) }) },
      first: (page) => page.getByLabel('as a table').check(),
    },
    selection: {
      data: async () => modelPage(),
      model: {
        plotted: async ({ box }) => plottedIn(box),
        glance: async ({ number }) => ({ version: plottedVersion(number) }),
      },
      first: selectHalf,
    },
  },
  modelFile: {
    typical: { data: async () => modelFile(), tensors: tensorTable(bertTensors) },
    empty: {
      data: async () =>
        modelFile({
          sizeBytes: 0,
          facts: summariseFacts({ format: 'safetensors' }, 'Safetensors'),
          canRegister: false,
        }),
    },
    error: { data: failing },
    extreme: {
      data: async () => extremeModelFile(modelFile()),
      tensors: tensorTable(manyTensors.map((tensor) => ({ ...tensor, name: tensor.name.repeat(12) }))),
    },
  },
};

/** Opens what is folded, and both boxes for texts. */
async function openAll(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add note…' }).click();
  await page.getByRole('button', { name: 'Comment…' }).click();
  await page.getByLabel('Note, in Markdown').fill('Trained **again** with the data of May.');
  await page.locator('#notes').getByRole('button', { name: 'Preview' }).click();
  await page.locator('#gates summary').first().click();
  await page.locator('#tensors').getByRole('button', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Show all of it' }).click();
  for (const button of await page.getByRole('button', { name: /^Preview / }).all()) await button.click();
}

/** They stand below everything else, which is closed first. */
async function showGates(page: Page): Promise<void> {
  const open = page.locator('.section-toggle[aria-expanded="true"]');
  while ((await open.count()) > 0) await open.first().click();
  await page.getByRole('button', { name: /^Gates/ }).click();
}

async function selectHalf(page: Page): Promise<void> {
  const box = await page.locator('.u-over').boundingBox();
  if (!box) throw new Error('There is no chart.');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + box.height * 0.7, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
}

export interface Screen {
  readonly kind: PageKind;
  readonly state: string;
  /** Opens it, and waits until it is drawn. */
  open(harness: Harness, options?: ScreenOptions): Promise<OpenedPage>;
}
type ScreenOptions = Pick<OpenOptions<PageKind>, 'theme' | 'width' | 'height' | 'before'>;

export const allScreens: readonly Screen[] = [
  ...screensOf('version'),
  ...screensOf('comparison'),
  ...screensOf('changes'),
  ...screensOf('graph'),
  ...screensOf('review'),
  ...screensOf('model'),
  ...screensOf('plots'),
  ...screensOf('modelFile'),
];

function screensOf<K extends PageKind>(kind: K): readonly Screen[] {
  return Object.entries<StateOptions<K>>(screens[kind]).map(([state, { first, ...options }]) => ({
    kind,
    state,
    async open(harness, screenOptions = {}) {
      const opened = await harness.open<K>({ ...options, ...screenOptions, kind });
      if (state !== 'loading') await opened.page.locator('#page[aria-busy=false]').waitFor();
      await opened.settled();
      if (first) {
        await first(opened.page);
        await opened.settled();
      }
      return opened;
    },
  }));
}
