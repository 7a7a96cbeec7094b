import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Decision } from '../../../src/extension/messages/review.ts';
import type { GateStanding } from '../../../src/registry/api/gates.ts';
import { idOf, versionSummary } from '../../webviews/examples.ts';

const workspace = { isTrusted: true };
const asked: { message: string; detail: string }[] = [];
let confirmed: string | undefined;

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire = () => undefined;
    dispose = () => undefined;
  },
  Disposable: { from: () => ({ dispose: () => undefined }) },
  ProgressLocation: { Notification: 15 },
  workspace: {
    get isTrusted() {
      return workspace.isTrusted;
    },
    getConfiguration: () => ({ get: () => undefined }),
    registerTextDocumentContentProvider: () => ({ dispose: () => undefined }),
  },
  commands: { executeCommand: async () => undefined },
  window: {
    createOutputChannel: () => ({ appendLine: () => undefined, dispose: () => undefined }),
    setStatusBarMessage: () => undefined,
    showWarningMessage: async (message: string, options?: { detail?: string }) => {
      if (options?.detail === undefined) return undefined;
      asked.push({ message, detail: options.detail });
      return confirmed;
    },
    withProgress: async (
      _options: unknown,
      work: (progress: unknown, token: unknown) => Promise<unknown>,
    ): Promise<unknown> => work({ report: () => undefined }, { onCancellationRequested: () => undefined }),
  },
}));
const { Reviews } = await import('../../../src/extension/reviews/reviews.ts');

const registryDir = '/home/ada/fraud/.git/model-registry';
const state = { registryDir, versionId: idOf(2), stage: 'production' };
const seen = { artifact: versionSummary(2).artifact.digest, holder: idOf(1), gates: [] };
const shown: GateStanding = {
  version: versionSummary(2),
  stage: 'production',
  kind: 'promote',
  isExclusive: true,
  stages: ['candidate', 'staging', 'production', 'archived'],
  formerNames: [],
  isAuthor: false,
  isOverrideAllowed: true,
  policyDigest: null,
  seen,
  holder: versionSummary(1, { stage: 'production' }),
  results: [],
  approvals: [],
  policyGates: [],
};

/** A window on one registry, with everything that is asked of it. */
function opened() {
  const calls: unknown[] = [];
  const record =
    (name: string, answer: unknown = {}) =>
    async (request: unknown) => {
      calls.push([name, request]);
      return answer;
    };
  const about = { version: versionSummary(2), stage: 'production' };
  const broken = {
    gate: 'auc',
    title: 'auc',
    outcome: 'failed',
    why: 'auc 0.8 is below 0.85',
    measured: '',
    required: '',
  };
  const connection = {
    registry: {
      show: async () => versionSummary(2),
      review: record('review', about),
      requestPromotion: record('requestPromotion', about),
      withdrawRequest: record('withdrawRequest', about),
    },
    stageGates: async () => ({ standing: shown, results: [broken], found: [], commands: [] }),
    runGates: record('runGates'),
    promoteThroughGates: record('promote'),
  };
  const registry = { dir: registryDir, exists: true, roots: [{ uri: { fsPath: '/home/ada/fraud' } }], connection };
  const registries = {
    callsFor: async () => connection.registry,
    existingIn: async (dir: string) => (dir === registryDir ? registry : expect.fail(dir)),
    onDidChange: () => ({ dispose: () => undefined }),
  };
  const reviews = new Reviews({
    registries: registries as never,
    activity: { begin: () => () => undefined } as never,
    onMoved: (dir) => void calls.push(['moved', dir]),
    onRequested: (about, text) => void calls.push(['requested', about, text]),
  });
  const decide = (decision: Decision, text = 'Because') => reviews.decide(state, { decision, text }, shown);
  return { reviews, decide, calls };
}

beforeEach(() => {
  workspace.isTrusted = true;
  asked.length = 0;
  confirmed = undefined;
});

describe('decisions of a review', () => {
  it('approve and refuse what the person looked at', async () => {
    const { decide, calls } = opened();
    await decide('approve', ' ');
    await decide('refuse', 'Twice as slow');
    const about = { ref: idOf(2), stage: 'production', seen };
    expect(calls).toEqual([
      ['review', { ...about, isGiven: true }],
      ['review', { ...about, isGiven: false, comment: 'Twice as slow' }],
    ]);
  });

  it('ask the people who are named, and nobody any more', async () => {
    const { reviews, decide, calls } = opened();
    await reviews.decide(state, { decision: 'request', text: '', reviewers: [' grace@example.org ', ''] }, shown);
    await decide('withdraw', '');
    expect(calls).toEqual([
      ['requestPromotion', { ref: idOf(2), stage: 'production', reviewers: ['grace@example.org'] }],
      ['requested', state, 'grace@example.org is asked to review fraud-detector@2 for production.'],
      ['withdrawRequest', { ref: idOf(2), stage: 'production' }],
    ]);
  });

  it('promote in place of whom the person saw in the stage', async () => {
    const { decide, calls } = opened();
    expect(await decide('promote')).toEqual({ outcome: 'done' });
    const request = { ref: idOf(2), stage: 'production', reason: 'Because', expectHolder: idOf(1) };
    expect(calls).toEqual([
      ['promote', { roots: ['/home/ada/fraud'], request }],
      ['moved', registryDir],
    ]);
  });

  it('override only after a dialog of the editor that names what isn’t passed', async () => {
    const { decide, calls } = opened();
    expect(await decide('override')).toEqual({ outcome: 'cancelled' });
    expect(calls).toEqual([]);
    expect(asked[0]?.message).toBe('Promote fraud-detector@2 to production although a gate isn’t passed?');
    expect(asked[0]?.detail).toMatch(/^• auc: auc 0\.8 is below 0\.85\n\n.*for ever/);
    confirmed = 'Promote All the Same';
    expect(await decide('override')).toEqual({ outcome: 'done' });
    expect(calls[0]).toMatchObject(['promote', { request: { override: true, reason: 'Because' } }]);
  });

  it('do nothing in Restricted Mode, where no gate runs either', async () => {
    workspace.isTrusted = false;
    confirmed = 'Promote All the Same';
    const { reviews, decide, calls } = opened();
    for (const decision of ['promote', 'override', 'approve', 'refuse', 'request', 'withdraw'] as const)
      expect(await decide(decision)).toEqual({ outcome: 'cancelled' });
    expect(await reviews.run(state, false)).toBeUndefined();
    expect(calls).toEqual([]);
  });

  it('run gates of one version and stage once at a time', async () => {
    const { reviews, calls } = opened();
    const first = reviews.run(state, true);
    const second = reviews.run(state, true);
    const [one, other] = await Promise.allSettled([first, second]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(calls).toMatchObject([['runGates', { roots: ['/home/ada/fraud'], isAgain: true }]]);
  });
});
