import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import { type Declared, evaluateGates } from '../../../src/gates/evaluate-gates.ts';
import { parseProject } from '../../../src/project/parse-project.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';

const executed: unknown[][] = [];
const told: string[] = [];
let answer: string | undefined;
/** While it is there, the message stays on the screen. */
let reading: Promise<void> | undefined;
/** What the project file says. */
let declared: () => Declared = () => ({});

vi.mock('vscode', () => ({
  commands: {
    executeCommand: async (...args: unknown[]) => {
      if (args[0] !== 'setContext') executed.push(args);
    },
  },
  EventEmitter: class {
    readonly listeners = new Set<(value: unknown) => void>();
    readonly event = (listener: (value: unknown) => void) => {
      this.listeners.add(listener);
      return { dispose: () => this.listeners.delete(listener) };
    };
    fire = (value: unknown) => {
      for (const listener of this.listeners) listener(value);
    };
    dispose = () => this.listeners.clear();
  },
  TreeItem: class {
    readonly label: string;
    constructor(label: string) {
      this.label = label;
    }
  },
  ThemeIcon: class {
    readonly id: string;
    constructor(id: string) {
      this.id = id;
    }
  },
  ThemeColor: class {},
}));
vi.mock('../../../src/extension/notify.ts', () => ({
  inform: async (text: string) => {
    told.push(text);
    await reading;
    return answer;
  },
}));
const { ReviewList } = await import('../../../src/extension/reviews/review-list.ts');
const { proposalText } = await import('../../../src/extension/reviews/proposal-documents.ts');
const { reviewGates } = await import('../../../src/extension/pages/review-data.ts');
const { ReviewsTree } = await import('../../../src/extension/reviews/reviews-tree.ts');
const { tellReviews } = await import('../../../src/extension/reviews/tell-reviews.ts');

let dir = '';
let ann: Registry;
let bob: Registry;

beforeEach(async () => {
  executed.length = 0;
  told.length = 0;
  answer = undefined;
  reading = undefined;
  declared = () => ({});
  dir = await mkdtemp(join(tmpdir(), 'model-registry-reviews-'));
  await initRegistry({ dir: join(dir, 'registry') });
  const open = (name: string) =>
    openRegistry({
      dir: join(dir, 'registry'),
      author: { name, email: `${name.toLowerCase()}@example.com` },
      via: 'editor',
      stateDir: join(dir, 'state'),
    });
  [ann, bob] = await Promise.all([open('Ann'), open('Bob')]);
  for (const number of [1, 2]) {
    await writeFile(join(dir, 'model.bin'), `weights ${number}`);
    await ann.register({ model: 'fraud', paths: [join(dir, 'model.bin')], metrics: { auc: 0.9 + number / 100 } });
  }
});
afterEach(async () => {
  await Promise.all([ann.close(), bob.close()]);
  await rm(dir, { recursive: true, force: true });
});

/** The window of a person, with what is remembered for all of theirs. */
function windowOf(registry: Registry, memory = new Map<string, unknown>()) {
  const stageGates = (request: { ref: string; stage: string; isQuick?: boolean }) =>
    evaluateGates(registry, request, () => declared());
  const registries = {
    existing: async () => [{ dir: '/registry', exists: true, roots: [], connection: { registry, stageGates } }],
    onDidChange: () => ({ dispose: () => undefined }),
  };
  const log = { warn: (text: string) => text.includes('no YAML') || expect.fail(text) };
  const list = new ReviewList(registries as never, log as never);
  const view: { badge?: { value: number; tooltip: string } | undefined } = {};
  const state = {
    get: (name: string) => memory.get(name),
    update: async (name: string, value: unknown) => void memory.set(name, value),
  };
  tellReviews({ list, view, state: state as never, log: log as never });
  return { list, view, memory, tree: new ReviewsTree(list) };
}

function rows({ tree }: ReturnType<typeof windowOf>): readonly (readonly [string, string, string])[] {
  return tree.getChildren().map((node) => {
    const { label, description, contextValue } = tree.getTreeItem(node);
    return [String(label), String(description), contextValue ?? ''];
  });
}

async function ask(number: number, more: { comment?: string; reviewers?: string[] } = {}): Promise<void> {
  await ann.requestPromotion({ ref: `fraud@${number}`, stage: 'production', ...more });
}

describe('reviews in the side bar', () => {
  it('list what wants a word of this person first, with a badge, and open the review', async () => {
    await ask(1, { reviewers: ['carol@example.com'] });
    await ask(2, { reviewers: ['bob@example.com'] });
    const window = windowOf(bob);
    await window.list.update();
    expect(rows(window)).toMatchObject([
      ['@2 fraud → production', expect.stringMatching(/^wanted from you · ready · asked by Ann/), 'review:wanted'],
      ['@1 fraud → production', expect.stringMatching(/asked by Ann/), 'review'],
    ]);
    expect(window.view.badge).toEqual({ value: 1, tooltip: '1 review wanted from you' });
    const [node] = window.tree.getChildren();
    expect(node && window.tree.getTreeItem(node).command).toMatchObject({ command: 'modelRegistry.review' });
  });

  it('count one’s own that were refused, or whose gates failed', async () => {
    await ask(1);
    await ask(2);
    await bob.review({ ref: 'fraud@1', stage: 'production', isGiven: false, comment: 'Twice as slow' });
    const failed = { gate: 'auc ≥ 0.95', outcome: 'failed' as const, evidence: { measured: 0.92 } };
    await ann.recordGates({ ref: 'fraud@2', stage: 'production', found: [failed] });
    const window = windowOf(ann);
    await window.list.update();
    expect(window.view.badge).toEqual({ value: 2, tooltip: '1 of yours refused · 1 of yours with failed gates' });
    expect(rows(window).map(([label, , kind]) => [label, kind])).toEqual([
      ['@2 fraud → production', 'review:own'],
      ['@1 fraud → production', 'review:own'],
    ]);
  });

  it('are ready only where every gate is known to pass, those of the project file too', async () => {
    const command = { command: 'python validate.py' };
    const states = async () => {
      const window = windowOf(ann);
      await window.list.update();
      return window.tree.getChildren().map((node) => {
        const { description, iconPath } = window.tree.getTreeItem(node);
        return [String(description).replace(/ · asked by.*/, ''), iconPath];
      });
    };
    await ask(1);
    expect(await states()).toEqual([['ready', { id: 'pass' }]]);
    declared = () => ({ gates: { production: [{ lineage: ['clean'] }, { approvals: 1 }] } });
    expect(await states()).toEqual([['1 failed gate · no approval yet, 1 needed', { id: 'error' }]]);
    declared = () => ({ gates: { production: [{ approvals: 1 }] } });
    expect(await states()).toEqual([['no approval yet, 1 needed', { id: 'clock' }]]);
    await bob.review({ ref: 'fraud@1', stage: 'production', isGiven: true });
    expect(await states()).toEqual([['ready · 1 of 1 approval', { id: 'pass' }]]);
    declared = () => ({ gates: { production: [command, { metric: 'auc', min: 0.9 }] } });
    expect(await states()).toEqual([['1 gate not evaluated', { id: 'clock' }]]);
    declared = () => {
      throw new RegistryError('PROJECT_FILE_INVALID', 'no YAML');
    };
    expect(await states()).toEqual([['gates not looked at', { id: 'clock' }]]);
  });

  it('list policies that wait for people, tell of them, and show what they change', async () => {
    await ann.setPolicy({ model: 'fraud', policy: { changes: { approvals: 1 } } });
    const policy = { changes: { approvals: 1 }, gates: { production: [{ metric: 'auc', min: 0.9 }] } };
    await ann.proposePolicy({ model: 'fraud', policy, comment: 'As we agreed' });
    const window = windowOf(bob);
    await window.list.update();
    expect(rows(window)).toMatchObject([
      [
        'Policy of fraud',
        expect.stringMatching(/^wanted from you · no approval yet, 1 needed · asked by Ann/),
        'proposal:wanted',
      ],
    ]);
    expect(window.view.badge).toEqual({ value: 1, tooltip: 'a policy to approve' });
    await vi.waitFor(() => expect(told).toEqual(['Ann proposes another policy of fraud']));
    await bob.reviewPolicy({ model: 'fraud', isGiven: true, comment: 'Fine' });
    const [proposal] = await ann.policyProposals();
    expect(proposal && proposalText(proposal)).toMatch(
      /proposed by Ann[\s\S]*As we agreed[\s\S]*\+ gate of production: auc at least 0\.9[\s\S]*It needs an approval\.\nBob approved it, .*: Fine\n/,
    );
    await window.list.update();
    expect(window.view.badge).toBeUndefined();
  });

  it('tell once when somebody asks, in whatever window of theirs, and lead to the review', async () => {
    await ask(2, { comment: 'Better on every slice' });
    answer = 'Show';
    const window = windowOf(bob);
    await window.list.update();
    await vi.waitFor(() => expect(executed).toHaveLength(1));
    expect(told).toEqual(['Ann asks you to review fraud@2 for production: “Better on every slice”']);
    expect(executed[0]).toMatchObject(['modelRegistry.review', { registryDir: '/registry', stage: 'production' }]);
    await window.list.update();
    await windowOf(bob, window.memory).list.update();
    expect(told).toHaveLength(1);
  });

  it('tell who answered what one asked for', async () => {
    await ask(2);
    const window = windowOf(ann);
    await window.list.update();
    expect(told).toEqual([]);
    await bob.review({ ref: 'fraud@2', stage: 'production', isGiven: true, comment: 'Looked at the slices' });
    await window.list.update();
    await vi.waitFor(() => expect(told).toEqual(['Bob approved fraud@2 for production: “Looked at the slices”']));
  });

  it('tell that somebody promoted what one asked for, and nothing of what one took back', async () => {
    await ask(1);
    await ask(2);
    const window = windowOf(ann);
    await window.list.update();
    await ann.withdrawRequest({ ref: 'fraud@1', stage: 'production' });
    await bob.promote({ ref: 'fraud@2', stage: 'production', reason: 'Looks good' });
    await window.list.update();
    await vi.waitFor(() => expect(told).toEqual(['Bob promoted fraud@2 to production, as you asked']));
    expect(rows(window)).toEqual([]);
  });

  it('put no second message on the screen, and tell of several in one', async () => {
    await ask(1);
    await ask(2);
    let close: () => void = () => undefined;
    reading = new Promise((resolve) => {
      close = resolve;
    });
    const window = windowOf(bob);
    await window.list.update();
    await vi.waitFor(() => expect(told).toEqual([expect.stringMatching(/And 1 more in the Reviews view\.$/)]));
    await ask(2, { comment: 'Please' });
    await window.list.update();
    expect(told).toHaveLength(1);
    close();
    await vi.waitFor(async () => {
      await window.list.update();
      expect(told).toHaveLength(2);
    });
    expect(told[1]).toBe('Ann asks you to review fraud@2 for production: “Please”');
  });
});

it('the page of a review is told of each gate whether it waits for people, until somebody refuses', async () => {
  const text = 'models: {fraud: {gates: {production: [{approvals: 1}, {metric: auc, min: 0.95}]}}}';
  const { fraud = {} } = parseProject(text, 'model-registry.yaml').models;
  const told = async () => {
    const report = await evaluateGates(ann, { ref: 'fraud@1', stage: 'production' }, () => fraud);
    return reviewGates(report).gates.map(({ title, outcome, isWaiting }) => [title, outcome, isWaiting]);
  };
  expect(await told()).toEqual([
    ['approvals', 'failed', true],
    ['auc', 'failed', false],
  ]);
  await bob.review({ ref: 'fraud@1', stage: 'production', isGiven: false, comment: 'Twice as slow' });
  expect(await told()).toEqual([
    ['approvals', 'failed', false],
    ['auc', 'failed', false],
  ]);
});
