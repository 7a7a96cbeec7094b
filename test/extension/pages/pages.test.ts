import * as v from 'valibot';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { tellWith } from '../../../src/base/retold.ts';
import type { VersionDetails } from '../../../src/catalog/read-models/versions.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { comparison } from '../../webviews/comparison-examples.ts';
import { changes, idOf, versionDetails, versionSummary } from '../../webviews/examples.ts';
import { modelId, modelOverview, plotOf } from '../../webviews/model-examples.ts';
import { reviewPage } from '../../webviews/review-examples.ts';

vi.mock('vscode', async () => (await import('./fake-editor.ts')).fakeVscode);

const { editor, FakePanel, fakeMemory, webviewTab } = await import('./fake-editor.ts');
const { createPages } = await import('../../../src/extension/pages/pages.ts');
const { pagesLater } = await import('../../../src/extension/pages/pages-later.ts');
const { clearEditor, lastPanel, pageOf, registryDir, setUp } = await import('./set-up.ts');

beforeEach(clearEditor);

describe('what a page asks to be opened', () => {
  it.each([
    ['openModel', { modelId: idOf(9) }],
    ['openGraph', { of: 'data:/etc/passwd' }],
    ['openComparison', { versionIds: [idOf(1), idOf(9)] }],
    ['openReview', { versionId: idOf(2), stage: 'constructor' }],
  ])('gets no tab of %s where it isn’t there', async (method, params) => {
    const gone = async (): Promise<never> => {
      throw new RegistryError('MODEL_NOT_FOUND', 'There is none.');
    };
    const { pages } = setUp({
      show: async ({ ref }) => (ref === idOf(9) ? gone() : versionDetails(2)),
      showModel: gone,
      impact: gone,
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 2, method, params });
    expect(editor.panels).toHaveLength(1);
    expect(lastPanel().posted).toMatchObject([{ kind: 'failure', id: 2 }]);
  });
});

describe('pages in Restricted Mode', () => {
  it.each([
    ['version', (pages: ReturnType<typeof createPages>) => pages.openVersion(pageOf(2))],
    [
      'comparison',
      (pages: ReturnType<typeof createPages>) =>
        pages.openComparison({ registryDir: pageOf(2).registryDir, versionIds: [idOf(1), idOf(2)] }),
    ],
  ])('are told that nothing can be changed, and ask the editor about its trust: %s', async (_kind, open) => {
    let isTrusted = false;
    const { pages, commands } = setUp({}, () => isTrusted);
    open(pages);
    const panel = lastPanel();
    await panel.receive({ id: 1, method: 'load', params: {} });
    await panel.receive({ id: 2, method: 'manageTrust', params: {} });
    isTrusted = true;
    pages.refresh();
    await panel.receive({ id: 3, method: 'load', params: {} });
    const ofRequest = (id: number) => panel.posted.find((message) => v.is(v.object({ id: v.literal(id) }), message));
    expect(ofRequest(1)).toMatchObject({ data: { isRestricted: true } });
    expect(ofRequest(3)).not.toHaveProperty('data.isRestricted');
    expect(commands).toContainEqual(['workbench.trust.manage']);
  });
});

describe('pages in the editor', () => {
  it('opens one panel for a version, with its name, and reveals it the next time', async () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(2));
    pages.openVersion(pageOf(2));
    const panel = lastPanel();
    expect([editor.panels.length, panel.revealed]).toEqual([1, 1]);
    await panel.receive({ id: 1, method: 'load', params: {} });
    expect(panel.title).toBe('fraud-detector@2');
    expect(panel.posted).toMatchObject([
      { kind: 'data', id: 1, data: { baseline: { kind: 'production', number: 1 } } },
    ]);
  });

  it('come with what they show first, as text and nothing else', async () => {
    const description = '"><script>alert(1)</script>';
    const { pages } = setUp({ show: async () => ({ ...versionDetails(2), description }) });
    pages.openVersion(pageOf(2));
    const { webview } = lastPanel();
    await vi.waitFor(() => expect(webview.html).toContain('data-first='));
    expect(webview.html).not.toContain('<script>');
    const json = /data-first="([^"]*)"/.exec(webview.html)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(json).toContain('"fraud-detector"');
  });

  it('come in the language of the answers that follow', async () => {
    tellWith(() => ({ 'none was declared': 'keine wurden angegeben' }));
    onTestFinished(() => tellWith(undefined));
    const missing = [{ what: 'data', why: 'none was declared' }];
    const { pages } = setUp({
      show: async () => ({ ...versionDetails(2), lineage: { ...versionDetails(2).lineage, missing } }),
    });
    pages.openVersion(pageOf(2));
    const { webview } = lastPanel();
    await vi.waitFor(() => expect(webview.html).toContain('keine wurden angegeben'));
    expect(webview.html).not.toContain('none was declared');
  });

  it('don’t wait for a registry that takes its time', async () => {
    const { pages } = setUp({ show: () => new Promise(() => undefined) });
    pages.openVersion(pageOf(2));
    const { webview } = lastPanel();
    await vi.waitFor(() => expect(webview.html).toContain('version.js'));
    expect(webview.html).not.toContain('data-first');
  });

  it('serves only the folders that pages need', () => {
    setUp().pages.openVersion(pageOf(2));
    expect(lastPanel().webview.options).toEqual({
      enableScripts: true,
      enableForms: false,
      localResourceRoots: ['/extension/dist/webviews', '/extension/media'],
    });
  });

  it('measures the version in production against the one a rollback would bring back', async () => {
    const target = versionSummary(1);
    const { pages } = setUp({
      showModel: async () => ({ production: versionSummary(2) }) as never,
      rollbackTarget: async () => ({ stage: 'production', target, others: [], held: {} }),
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().posted).toMatchObject([{ data: { rollbackTo: 1, baseline: { kind: 'previous', number: 1 } } }]);
  });

  it('says why nothing can be rolled back to where the registry refuses it', async () => {
    const { pages } = setUp({
      showModel: async () => ({ production: versionSummary(2) }) as never,
      rollbackTarget: () => Promise.reject(new RegistryError('NOTHING_TO_ROLL_BACK', 'Nothing held the stage before.')),
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().posted).toEqual([
      {
        kind: 'data',
        id: 1,
        method: 'load',
        data: expect.objectContaining({ noRollback: 'Nothing held the stage before.' }),
      },
    ]);
  });

  it('leaves the choice to the person where what was in production before was taken out on purpose', async () => {
    const refusal = new RegistryError('NOTHING_TO_ROLL_BACK', 'None was displaced.', { details: { others: [1] } });
    const { pages } = setUp({
      showModel: async () => ({ production: versionSummary(2) }) as never,
      rollbackTarget: () => Promise.reject(refusal),
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    const data = { version: versionDetails(2), loading: expect.any(Array), stages: ['staging', 'production'] };
    expect(lastPanel().posted).toEqual([{ kind: 'data', id: 1, method: 'load', data }]);
  });

  it('runs the command of an action for its own version, and reads again afterwards', async () => {
    const { pages, commands } = setUp();
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'act', params: { action: 'promote', versionId: idOf(2) } });
    expect(commands).toEqual([['modelRegistry.promote', { registryDir, versionId: idOf(2) }]]);
    await vi.waitFor(() => expect(lastPanel().posted).toContainEqual({ kind: 'changed' }));
  });

  it('reads nothing again after what only looks something up', async () => {
    const { pages, commands } = setUp();
    pages.openVersion(pageOf(2));
    const panel = lastPanel();
    await panel.receive({ id: 1, method: 'act', params: { action: 'copyReference', versionId: idOf(2) } });
    await panel.receive({ id: 2, method: 'act', params: { action: 'archive', versionId: idOf(2) } });
    await vi.waitFor(() => expect(panel.posted).toContainEqual({ kind: 'changed' }));
    expect(commands).toHaveLength(2);
    expect(panel.posted.filter((message) => (message as { kind: string }).kind === 'changed')).toHaveLength(1);
  });

  it('measures a version against the one registered before it where nothing is in production', async () => {
    const { pages } = setUp({
      showModel: async () => ({}) as never,
      listVersions: async ({ cursor } = {}) => ({ items: cursor === '2' ? [versionSummary(1)] : [] }),
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().posted).toMatchObject([{ data: { baseline: { kind: 'registered-before', number: 1 } } }]);
  });

  it('refuses an action on a version that isn’t on the page', async () => {
    const { pages, commands } = setUp();
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'act', params: { action: 'archive', versionId: idOf(3) } });
    expect(commands).toEqual([]);
    expect(lastPanel().posted).toMatchObject([{ kind: 'failure', error: { code: 'NOT_ON_PAGE' } }]);
  });

  it('ignores what isn’t in the contract', async () => {
    const { pages, commands, log } = setUp();
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ command: 'workbench.action.terminal.sendSequence' });
    expect([commands, lastPanel().posted]).toEqual([[], []]);
    expect(log).toHaveLength(1);
  });

  it('opens other versions, comparisons, and copies text', async () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(2));
    const panel = lastPanel();
    await panel.receive({ id: 1, method: 'openVersion', params: { ref: 'fraud-detector@3' } });
    const other = lastPanel();
    await other.receive({ id: 1, method: 'load', params: {} });
    expect(other.title).toBe('fraud-detector@3');
    await panel.receive({ id: 2, method: 'openComparison', params: { versionIds: [idOf(1), idOf(2)] } });
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().title).toBe('Compare fraud-detector@1, @2');
    const sent: unknown = JSON.parse(JSON.stringify(lastPanel().posted));
    expect(sent).toEqual(lastPanel().posted);
    expect(sent).toMatchObject([{ data: { tags: [{ values: ['payments', null] }] } }]);
    await panel.receive({ id: 3, method: 'copyText', params: { text: 'abc', what: 'the $(error) path' } });
    expect(editor.clipboard).toEqual(['abc']);
    expect(editor.statusMessages.at(-1)).toBe('$(check) Copied the $ (error) path');
  });

  it('tells the open pages of a registry that it changed', () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(2));
    pages.openVersion({ registryDir: '/other', versionId: idOf(2) });
    const [first, second] = editor.panels;
    pages.refresh(registryDir);
    expect([first?.posted, second?.posted]).toEqual([[{ kind: 'changed' }], []]);
    pages.refresh();
    expect([first?.posted.length, second?.posted.length]).toEqual([2, 1]);
  });

  it('tells only reviews of what only reviews show', () => {
    const { pages } = setUp();
    pages.openVersion(pageOf(2));
    pages.openReview({ ...pageOf(2), stage: 'production' });
    const [version, review] = editor.panels;
    pages.refresh(registryDir, 'review');
    expect([version?.posted, review?.posted]).toEqual([[], [{ kind: 'changed' }]]);
  });

  it('shows a registry that can’t be opened as a failure', async () => {
    const { pages } = setUp();
    pages.openVersion({ registryDir: '/gone', versionId: idOf(2) });
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().posted).toMatchObject([{ kind: 'failure', error: { code: 'REGISTRY_NOT_FOUND' } }]);
  });

  it('says by its name what another registry in the same folder doesn’t have', async () => {
    let isReplaced = false;
    const { pages } = setUp({
      show: async ({ ref }) => {
        if (isReplaced)
          throw new RegistryError('MODEL_NOT_FOUND', `There is no model called ${ref}. No model is there.`);
        return versionDetails(Number(ref.slice(-1)));
      },
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    isReplaced = true;
    pages.refresh(registryDir);
    await lastPanel().receive({ id: 2, method: 'load', params: {} });
    const failure = lastPanel().posted.at(-1);
    expect(failure).toMatchObject({
      kind: 'failure',
      error: { message: expect.stringContaining('The registry in /registry doesn’t have “fraud-detector@2”') },
    });
    expect(JSON.stringify(failure)).not.toContain(idOf(2));
  });

  it('leaves a panel alone that was closed while its data came', async () => {
    let answer: (version: VersionDetails) => void = () => undefined;
    const { pages } = setUp({ show: () => new Promise((resolve) => (answer = resolve)) });
    pages.openVersion(pageOf(2));
    const panel = lastPanel();
    const loading = panel.receive({ id: 1, method: 'load', params: {} });
    await vi.waitFor(() => expect(answer.length).toBe(1));
    panel.dispose();
    answer(versionDetails(2));
    await loading;
    expect([panel.title, panel.posted]).toEqual(['Version', []]);
    pages.refresh();
    pages.openVersion(pageOf(2));
    expect(editor.panels).toHaveLength(2);
  });
});

describe('the page of a review', () => {
  const state = { registryDir, versionId: idOf(2), stage: 'production' };
  const review = reviewPage();
  const registry = {
    show: async ({ ref }: { ref: string }) => versionDetails(Number(ref.slice(-1))),
    stages: async () =>
      ['candidate', 'staging', 'production', 'archived'].map((name) => ({ name, isExclusive: false })),
    changes: async () => changes() as never,
    gateStanding: async () => ({
      version: versionSummary(2),
      stage: 'production',
      kind: 'promote' as const,
      isExclusive: true,
      isAuthor: false,
      isOverrideAllowed: true,
      holder: versionSummary(1, { stage: 'production' }),
      stages: ['candidate', 'staging', 'production', 'archived'],
      formerNames: [],
      policyDigest: null,
      seen: { artifact: versionSummary(2).artifact.digest, holder: idOf(1), gates: [] },
      results: [],
      approvals: review.approvals,
      policyGates: [],
    }),
  };

  it('is one for each version and stage, with the version in the stage beside it', async () => {
    const { pages } = setUp(registry);
    pages.openReview(state);
    pages.openReview(state);
    expect(editor.panels).toHaveLength(1);
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().title).toBe('Review fraud-detector@2 for production');
    expect(lastPanel().posted).toMatchObject([
      { data: { revision: 1, other: { isInStage: true }, otherStages: ['staging'], isTrusted: true } },
    ]);
    await lastPanel().receive({ id: 2, method: 'openReview', params: { versionId: idOf(2), stage: 'staging' } });
    expect(editor.panels).toHaveLength(2);
  });

  it('is what commands of the palette are about while it is before the person', () => {
    const { pages } = setUp(registry);
    pages.openReview(state);
    const panel = lastPanel();
    expect(pages.reviewInFront()).toBeUndefined();
    panel.active = true;
    expect(pages.reviewInFront()).toEqual(state);
    pages.openVersion(pageOf(1));
    panel.active = false;
    lastPanel().active = true;
    expect(pages.reviewInFront()).toBeUndefined();
  });

  it('decides about its own version and stage, whatever the page says', async () => {
    const { pages, commands, log } = setUp(registry);
    pages.openReview(state);
    const request = { decision: 'promote', text: 'Better', revision: 1 };
    await lastPanel().receive({ id: 6, method: 'load', params: {} });
    await lastPanel().receive({ id: 1, method: 'decide', params: request });
    await lastPanel().receive({ id: 2, method: 'decide', params: { ...request, versionId: idOf(3) } });
    await lastPanel().receive({ id: 3, method: 'openEvidence', params: { gate: 'auc' } });
    await lastPanel().receive({ id: 4, method: 'runGates', params: { isAgain: true } });
    await lastPanel().receive({ id: 5, method: 'cancelGates', params: {} });
    expect(commands).toEqual([
      ['decide', state, request, 1],
      ['openEvidence', state, 'auc'],
      ['modelRegistry.runGates', { ...state, isAgain: true }],
      ['cancel', state],
    ]);
    expect(log).toHaveLength(1);
  });

  it('has the reason of a proposal until a person has decided, and an open page is told of it', async () => {
    const { pages } = setUp(registry);
    pages.openReview(state);
    pages.openReview(state, 'Better on every slice');
    expect(editor.panels).toHaveLength(1);
    expect(lastPanel().posted).toEqual([{ kind: 'changed' }]);
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(lastPanel().posted.at(-1)).toMatchObject({ data: { revision: 2, proposal: 'Better on every slice' } });
    await lastPanel().receive({ id: 2, method: 'decide', params: { decision: 'approve', text: 'Yes', revision: 2 } });
    await lastPanel().receive({ id: 3, method: 'load', params: {} });
    expect(lastPanel().posted.at(-1)).toMatchObject({ data: { revision: 3 } });
    expect(lastPanel().posted.at(-1)).not.toHaveProperty('data.proposal');
  });

  it('refuses a decision about what it never showed', async () => {
    const { pages, commands } = setUp(registry);
    pages.openReview(state);
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    await lastPanel().receive({ id: 2, method: 'decide', params: { decision: 'approve', text: '', revision: 7 } });
    expect(commands).toEqual([]);
    expect(lastPanel().posted.at(-1)).toMatchObject({ kind: 'failure', error: { code: 'OUT_OF_DATE' } });
  });

  it('is the only page that decides, runs gates, or shows evidence', async () => {
    const { pages, commands } = setUp(registry);
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'decide', params: { decision: 'approve', text: '', revision: 1 } });
    await lastPanel().receive({ id: 2, method: 'runGates', params: { isAgain: false } });
    await lastPanel().receive({ id: 3, method: 'openEvidence', params: { gate: 'auc' } });
    expect(commands).toEqual([]);
    expect(lastPanel().posted).toMatchObject(Array(3).fill({ kind: 'failure', error: { code: 'NOT_ON_PAGE' } }));
  });
});

describe('the page of a comparison', () => {
  const refsOf: unknown[] = [];
  const compared: Partial<Registry> = {
    compare: async ({ refs }) => {
      refsOf.push(refs);
      return comparison(refs.length) as never;
    },
  };

  it('becomes one of other versions in its tab, and then takes orders about those alone', async () => {
    refsOf.length = 0;
    const { pages, commands } = setUp(compared);
    const [one, two, three] = [idOf(1), idOf(2), idOf(3)];
    pages.openComparison({ registryDir, versionIds: [one, two, three] });
    const panel = lastPanel();
    const count = editor.panels.length;
    await panel.receive({ id: 1, method: 'load', params: {} });
    await panel.receive({ id: 2, method: 'arrangeComparison', params: { versionIds: [three, one] } });
    await panel.receive({ id: 3, method: 'load', params: {} });
    expect([editor.panels.length, refsOf]).toEqual([
      count,
      [
        [one, two, three],
        [three, one],
      ],
    ]);
    expect(panel.posted.at(-3)).toEqual({ kind: 'changed' });
    await panel.receive({ id: 4, method: 'openFileChanges', params: { between: [three, one] } });
    await panel.receive({ id: 5, method: 'openFileChanges', params: { between: [three, two] } });
    await panel.receive({ id: 6, method: 'versionGates', params: { versionId: two } });
    await panel.receive({ id: 7, method: 'history', params: { versionId: two } });
    expect(panel.posted.slice(-3)).toMatchObject(Array(3).fill({ error: { code: 'NOT_ON_PAGE' } }));
    await panel.receive({ id: 8, method: 'copyComparisonLink', params: {} });
    await panel.receive({ id: 9, method: 'chooseCompared', params: {} });
    const target = (versionId: string) => ({ registryDir, versionId });
    expect(commands).toEqual([
      ['openAll', { registryDir, beforeId: three, afterId: one }],
      ['modelRegistry.copyLink', target(three), [target(three), target(one)]],
      ['modelRegistry.compareVersions', { registryDir, compared: [three, one] }],
    ]);
  });

  it('leads to the tab that has the wanted comparison already', () => {
    const { pages } = setUp(compared);
    const [both, all] = [
      [idOf(1), idOf(2)],
      [idOf(1), idOf(2), idOf(3)],
    ];
    pages.openComparison({ registryDir, versionIds: both });
    const panel = lastPanel();
    pages.openComparison({ registryDir, versionIds: all });
    pages.arrangeComparison({ registryDir, versionIds: all }, both);
    expect(panel.revealed).toBe(1);
  });
});

describe('the page of a model', () => {
  const page = { registryDir, modelId };
  const asked: unknown[] = [];
  const note =
    (name: string, answer: unknown = {}) =>
    async (request: unknown) => {
      asked.push([name, request]);
      return answer as never;
    };
  const model: Partial<Registry> = {
    overview: note('overview', modelOverview()),
    plot: note('plot', plotOf(3)),
    plotted: note('plotted', { items: [], total: 0 }),
    tenures: note('tenures', { items: [] }),
    listVersions: note('listVersions', { items: [versionSummary(6)] }),
    at: note('at'),
  };
  beforeEach(() => {
    asked.length = 0;
  });

  /** The page that was opened last has its data; what is asked from here on, it asks for more. */
  async function loaded() {
    await lastPanel().receive({ id: 9, method: 'load', params: {} });
    asked.length = 0;
    return lastPanel();
  }

  it('has the most telling metric and the history of production at once', async () => {
    const { pages } = setUp(model);
    pages.openModel(page);
    pages.openModel(page);
    const panel = lastPanel();
    await panel.receive({ id: 1, method: 'load', params: {} });
    expect([editor.panels.length, panel.title]).toEqual([1, 'fraud-detector']);
    expect(panel.posted).toMatchObject([{ data: { metric: 'test_auc', stage: 'production', plot: { total: 3 } } }]);
    expect(asked).toContainEqual(['plot', { model: modelId, metric: 'test_auc', across: { kind: 'number' } }]);
  });

  it('asks about its own model alone, whatever the page says', async () => {
    const { pages, commands } = setUp(model);
    pages.openModel(page);
    const { receive, posted } = await loaded();
    const across = { kind: 'param', name: 'lr' };
    await receive({ id: 1, method: 'plot', params: { metric: 'auc', across, model: 'other' } });
    expect([asked, posted]).toEqual([[], [expect.anything()]]);
    await receive({ id: 2, method: 'plotted', params: { metric: 'auc', across, isLowerBetter: true } });
    await receive({ id: 3, method: 'heldAt', params: { time: '2026-05-03' } });
    await receive({ id: 4, method: 'actOnModel', params: { action: 'rollBack' } });
    expect(asked).toEqual([
      ['plotted', { metric: 'auc', across, isLowerBetter: true, model: modelId, limit: 50 }],
      ['at', { time: '2026-05-03', model: modelId }],
    ]);
    expect(commands).toEqual([['modelRegistry.rollBack', { registryDir, modelId }]]);
  });

  it('shows no other version for one that is gone, and no history of stages that all versions have', async () => {
    const { pages } = setUp(model);
    pages.openModel(page);
    const { receive, posted } = await loaded();
    await receive({ id: 1, method: 'glance', params: { number: 7 } });
    await receive({ id: 2, method: 'glance', params: { number: 6 } });
    await receive({ id: 3, method: 'tenures', params: { stage: 'candidate' } });
    expect(posted.slice(1)).toMatchObject([
      { id: 1, data: {} },
      { id: 2, data: { version: { number: 6 } } },
      { id: 3, kind: 'failure', error: { code: 'STAGE_QUIET' } },
    ]);
    expect(asked[0]).toEqual(['listVersions', { model: modelId, cursor: '8', limit: 1 }]);
  });

  it('is opened from a version’s page, which asks none of this itself', async () => {
    const { pages } = setUp(model);
    pages.openVersion(pageOf(2));
    const version = lastPanel();
    await version.receive({ id: 1, method: 'heldAt', params: { time: '2026-05-03' } });
    expect(version.posted).toMatchObject([{ kind: 'failure', error: { code: 'NOT_ON_PAGE' } }]);
    await version.receive({ id: 2, method: 'openModel', params: { modelId } });
    expect(editor.panels).toHaveLength(2);
    expect(asked).not.toContainEqual(['at', expect.anything()]);
  });

  it('comes back after a reload of the window', async () => {
    setUp(model);
    const panel = new FakePanel();
    await editor.serializers.get('modelRegistry.model')?.deserializeWebviewPanel(panel, { page });
    await panel.receive({ id: 1, method: 'load', params: {} });
    expect([panel.isDisposed, panel.title]).toEqual([false, 'fraud-detector']);
    const other = new FakePanel();
    await editor.serializers.get('modelRegistry.model')?.deserializeWebviewPanel(other, { page: { modelId: 1 } });
    expect(other.isDisposed).toBe(true);
  });
});

describe('pages whose extension ended, while the window stayed', () => {
  /** A process that had the page of version 2 open, and ended. The editor keeps the tab. */
  async function ended(isInFront: boolean) {
    const memory = fakeMemory();
    setUp({}, undefined, memory).pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    editor.panels.length = 0;
    editor.tabs = [
      webviewTab('modelRegistry.version', 'fraud-detector@1', !isInFront, 2),
      webviewTab('modelRegistry.version', 'fraud-detector@2', isInFront, 2),
    ];
    return memory;
  }

  it('are opened in the place of the tab that is left', async () => {
    const memory = await ended(false);
    const { pages } = setUp({}, undefined, memory);
    pages.openVersion(pageOf(2));
    expect(editor.tabs.map(({ label }) => label)).toEqual(['fraud-detector@1']);
    expect([editor.panels.length, lastPanel().viewColumn, lastPanel().title]).toEqual([1, 2, 'fraud-detector@2']);
    await lastPanel().receive({ id: 1, method: 'load', params: {} });
    expect(Object.values(memory.kept).flat()).toMatchObject([{ title: 'fraud-detector@2' }]);
  });

  it('come back by themselves once they are in front and the editor didn’t hand them over', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const memory = await ended(false);
    const later = pagesLater(setUp({}, undefined, memory).options);
    onTestFinished(() => later.dispose());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(editor.panels).toHaveLength(0);
    const left = editor.tabs[1];
    if (left) left.isActive = true;
    for (const tell of editor.tellTabs) tell();
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitFor(() => expect(editor.panels).toHaveLength(1));
    expect(editor.tabs.map(({ label }) => label)).toEqual(['fraud-detector@1']);
  });

  it('are left to the editor where it hands them over, as after a reload', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const memory = await ended(true);
    const later = pagesLater(setUp({}, undefined, memory).options);
    onTestFinished(() => later.dispose());
    const panel = new FakePanel();
    panel.title = 'fraud-detector@2';
    await editor.serializers.get('modelRegistry.version')?.deserializeWebviewPanel(panel, { page: pageOf(2), ui: {} });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([editor.panels.length, editor.tabs.length, panel.isDisposed]).toEqual([0, 2, false]);
  });

  it('are forgotten when they are closed', async () => {
    const memory = fakeMemory();
    const { pages } = setUp({}, undefined, memory);
    pages.openVersion(pageOf(2));
    lastPanel().dispose();
    expect(Object.values(memory.kept).flat()).toEqual([]);
  });
});

describe('pages over a reload of the window', () => {
  it('come back from what the page saved', async () => {
    setUp();
    const panel = new FakePanel();
    await editor.serializers.get('modelRegistry.version')?.deserializeWebviewPanel(panel, { page: pageOf(2), ui: {} });
    await panel.receive({ id: 1, method: 'load', params: {} });
    expect([panel.title, panel.isDisposed]).toEqual(['fraud-detector@2', false]);
    expect(panel.webview.html).toContain('version.js');
  });

  it.each([
    ['modelRegistry.version', undefined],
    ['modelRegistry.version', { page: { registryDir: '', versionId: idOf(1) } }],
    ['modelRegistry.version', { page: { registryDir: '/x', versionId: '<script>' } }],
    ['modelRegistry.comparison', { page: { registryDir: '/x', versionIds: [idOf(1)] } }],
    ['modelRegistry.review', { page: { registryDir: '/x', versionId: idOf(1) } }],
  ])('are closed where what was saved can’t be read (%s, %j)', async (type, saved) => {
    setUp();
    const panel = new FakePanel();
    await editor.serializers.get(type)?.deserializeWebviewPanel(panel, saved);
    expect(panel.isDisposed).toBe(true);
  });

  it('don’t come back once the pages are disposed', () => {
    pagesLater(setUp().options).dispose();
    expect(editor.serializers.size).toBe(0);
  });

  it('are there before anything of them is read', async () => {
    const pages = pagesLater(setUp().options);
    pages.refresh();
    pages.openVersion(pageOf(2));
    pages.openModel({ registryDir, modelId });
    await vi.waitFor(() => expect(editor.panels).toHaveLength(2));
    expect(lastPanel().webview.html).toContain('model.js');
  });

  it('opens what changed up to a version, and the files of its two versions alone', async () => {
    const summaries = { before: versionSummary(1), after: versionSummary(2) };
    const asked: unknown[] = [];
    const { pages, commands } = setUp({
      changes: async (request: unknown) => {
        asked.push(request);
        return { ...changes(), ...summaries } as never;
      },
    });
    pages.openVersion(pageOf(2));
    await lastPanel().receive({ id: 1, method: 'openChanges', params: { after: idOf(2) } });
    expect(asked).toEqual([{ refs: [idOf(2)] }, { refs: [idOf(1), idOf(2)] }]);
    const panel = lastPanel();
    await panel.receive({ id: 1, method: 'load', params: {} });
    expect(panel.title).toBe('fraud-detector@1 → @2');
    await panel.receive({ id: 2, method: 'openFileChange', params: { path: 'train.py', from: 'old.py' } });
    await panel.receive({ id: 3, method: 'openFileChanges', params: {} });
    const versions = { registryDir, beforeId: idOf(1), afterId: idOf(2) };
    expect(commands).toEqual([
      ['openFile', versions, { path: 'train.py', from: 'old.py' }],
      ['openAll', versions],
    ]);
    pages.openVersion(pageOf(1));
    await lastPanel().receive({ id: 4, method: 'openFileChanges', params: {} });
    expect(lastPanel().posted).toMatchObject([{ kind: 'failure', error: { code: 'NOT_ON_PAGE' } }]);
  });
});
