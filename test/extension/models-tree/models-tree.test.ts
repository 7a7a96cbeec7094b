import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import type { TreeNode } from '../../../src/extension/models-tree/nodes.ts';
import type { Registry } from '../../../src/registry/api/registry.ts';
import { initRegistry, openRegistry } from '../../../src/registry/open.ts';

vi.mock('vscode', () => ({
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
    readonly collapsibleState: number;
    constructor(label: string, collapsibleState = 0) {
      this.label = label;
      this.collapsibleState = collapsibleState;
    }
  },
  TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
  ThemeIcon: class {
    readonly id: string;
    constructor(id: string) {
      this.id = id;
    }
  },
  ThemeColor: class {},
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string) {
      this.value += text;
    }
  },
  workspace: { getConfiguration: () => ({ get: () => undefined }) },
}));

const { ModelsTree } = await import('../../../src/extension/models-tree/models-tree.ts');
const { TreeChoices } = await import('../../../src/extension/models-tree/arrangement.ts');

let dir = '';
let registry: Registry;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-tree-'));
  await initRegistry({ dir: join(dir, 'registry') });
  const author = { name: 'Ada Lovelace', email: 'ada@example.com' };
  registry = await openRegistry({ dir: join(dir, 'registry'), author, via: 'editor', stateDir: join(dir, 'state') });
});
afterEach(async () => {
  await registry.close();
  await rm(dir, { recursive: true, force: true });
});

async function register(model: string, count: number): Promise<void> {
  const file = join(dir, 'model.bin');
  for (let number = 1; number <= count; number += 1) {
    await writeFile(file, `${model} ${number}`);
    await registry.register({ model, paths: [file], metrics: { auc: number / 100 } });
  }
}

function treeOf(registries: Readonly<Record<string, Partial<Registry>>>, choices = new TreeChoices()) {
  const dirs = Object.keys(registries);
  return new ModelsTree(
    {
      existing: async () => dirs.map((name) => ({ dir: name, exists: true, roots: [{ name }] })) as never,
      problems: async () => [],
      callsFor: async (name) => registries[name] as never,
      onDidChange: () => ({ dispose: () => undefined }),
    },
    { error: () => undefined } as never,
    choices,
  );
}

const shown = (tree: InstanceType<typeof ModelsTree>, nodes: readonly TreeNode[]) =>
  nodes.map((node) => {
    const { label, description } = tree.getTreeItem(node);
    return [label, description].filter((text) => text !== undefined && text !== '').join('  ');
  });

describe('the Models view', () => {
  it('shows the version in production first, then the newest', async () => {
    await register('churn', 3);
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'first' });
    await registry.setAlias({ model: 'churn', alias: 'champion', ref: 'churn@2' });
    const tree = treeOf({ one: registry });
    const models = await tree.getChildren();
    expect(shown(tree, models)).toEqual(['churn  @1 in production · auc 0.01']);
    expect(shown(tree, await tree.getChildren(models[0]))).toEqual([
      'Version 1  auc 0.01 · production',
      'Version 3  auc 0.03 · candidate',
      'Version 2  auc 0.02 · candidate · @champion',
    ]);
  });

  it('keeps the number beside a very long name, which the tooltip and screen readers have whole', async () => {
    const long = 'Wide-Model_Name.'.repeat(8);
    await register(long, 2);
    await registry.promote({ ref: `${long}@2`, stage: 'production', reason: 'first' });
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const [model] = await tree.getChildren();
    if (!model) throw new Error('there is a model');
    expect(shown(tree, [model])).toEqual(['Wide-Model_Na…_Name.  @2 in production · auc 0.02']);
    const item = tree.getTreeItem(model);
    expect(item.accessibilityInformation?.label).toContain(`Model ${long}, @2 in production`);
    expect(tree.resolveTreeItem(item, model).tooltip).toMatchObject({ value: expect.stringContaining('Wide') });
    choices.setFilter('auc>0.01');
    const [found] = await tree.getChildren();
    if (!found) throw new Error('a version is found');
    expect(shown(tree, [found])).toEqual(['Wide-Model_Na…_Name. 2  auc 0.02 · production']);
    expect(tree.getTreeItem(found).accessibilityInformation?.label).toContain(`${long} version 2`);
  });

  it('says first which version takes the place of one that came too early', async () => {
    await register('churn', 2);
    await registry.tag({ ref: 'churn@1', set: { 'superseded-by': '2' } });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    expect(shown(tree, await tree.getChildren(model))).toEqual([
      'Version 2  auc 0.02 · candidate',
      'Version 1  auc 0.01 · candidate · superseded by 2',
    ]);
  });

  it('shows fifty and then more, and the one in production though it is older', async () => {
    await register('churn', 52);
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'first' });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    const first = await tree.getChildren(model);
    expect(shown(tree, first).slice(0, 2)).toEqual([
      'Version 1  auc 0.01 · production',
      'Version 52  auc 0.52 · candidate',
    ]);
    const more = first.at(-1);
    expect([first.length, more?.kind]).toEqual([52, 'more']);
    if (more?.kind !== 'more') throw new Error('the last row asks for more');
    tree.showMore(more);
    const all = shown(tree, await tree.getChildren(model));
    expect([all.length, all.at(-1)]).toEqual([52, 'Version 2  auc 0.02 · candidate']);
  });

  it('keeps the ids of its rows whatever changes about them', async () => {
    await register('churn', 1);
    const tree = treeOf({ one: registry });
    const idsOf = async () => {
      const [model] = await tree.getChildren();
      const versions = await tree.getChildren(model);
      return [model, ...versions].map((node) => node && tree.getTreeItem(node).id);
    };
    const before = await idsOf();
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'first' });
    await registry.renameModel({ model: 'churn', name: 'attrition' });
    expect(await idsOf()).toEqual(before);
    expect(new Set(before).size).toBe(before.length);
  });

  it('has a level for registries only where there are several', async () => {
    await register('churn', 1);
    const tree = treeOf({
      one: registry,
      two: { listModels: async () => ({ items: [] }), listVersions: registry.listVersions },
    });
    const roots = await tree.getChildren();
    expect(shown(tree, roots)).toEqual(['one', 'two']);
    expect(shown(tree, await tree.getChildren(roots[0]))).toEqual(['churn  @1 newest · auc 0.01 · none in production']);
    expect(shown(tree, await tree.getChildren(roots[1]))).toEqual(['No versions yet']);
  });

  it.each(['LOG_DAMAGED', 'LOG_REWRITTEN', 'LOG_TRUNCATED'])(
    'says what is wrong in a row of its own: %s',
    async (code) => {
      const failing = async () => {
        throw new RegistryError(code, 'Commit 3 in /home/ada/payments/.git/model-registry is damaged.');
      };
      const tree = treeOf({ one: { listModels: failing, listVersions: failing } });
      // A narrow view would show the path alone.
      const rows = await tree.getChildren();
      expect(shown(tree, rows)).toEqual(['Damaged: verify it  Commit 3 in …/payments/.git/model-registry is damaged.']);
      expect(rows.map((row) => tree.getTreeItem(row).tooltip)).toEqual([expect.stringContaining('/home/ada/payments')]);
      expect(rows.map((row) => tree.getTreeItem(row).command?.command)).toEqual(['modelRegistry.verify']);
    },
  );

  it('groups by stage, with a place for each stage, empty or not', async () => {
    await register('churn', 4);
    await registry.promote({ ref: 'churn@3', stage: 'production', reason: 'good' });
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    await choices.arrange({ groupBy: 'stage' });
    const [model] = await tree.getChildren();
    const stages = await tree.getChildren(model);
    expect(shown(tree, stages)).toEqual(['production  1', 'staging  none', 'candidate  3', 'archived  none']);
    const candidates = await tree.getChildren(stages[2]);
    expect(shown(tree, candidates)).toEqual(['Version 4  auc 0.04', 'Version 2  auc 0.02', 'Version 1  auc 0.01']);
    expect(tree.getTreeItem(candidates[0] as TreeNode).accessibilityInformation?.label).toContain('candidate');
  });

  it('groups by the time of registration, without times in which nothing was', async () => {
    await register('churn', 2);
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    await choices.arrange({ groupBy: 'date' });
    const [model] = await tree.getChildren();
    const periods = await tree.getChildren(model);
    expect(shown(tree, periods)).toEqual(['Today']);
    expect(shown(tree, await tree.getChildren(periods[0]))).toHaveLength(2);
  });

  it('has the best versions first, and the models with the newest versions first, where that is chosen', async () => {
    await register('churn', 3);
    await register('attrition', 1);
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const file = join(dir, 'worse.bin');
    await writeFile(file, 'worse');
    await registry.register({ model: 'churn', paths: [file], metrics: { auc: 0.001 } });
    await choices.arrange({ versionOrder: 'best', modelOrder: 'recent' });
    const models = await tree.getChildren();
    expect(shown(tree, models)).toEqual([
      'churn  @4 newest · auc 0.001 · none in production',
      'attrition  @1 newest · auc 0.01 · none in production',
    ]);
    const versions = shown(tree, await tree.getChildren(models[0]));
    expect(versions.map((text) => text.split('  ')[0])).toEqual(['Version 3', 'Version 2', 'Version 1', 'Version 4']);
  });

  it('makes the checkpoints of a run one row, and keeps apart what somebody did something with', async () => {
    const file = join(dir, 'model.bin');
    for (let number = 1; number <= 6; number += 1) {
      await writeFile(file, `checkpoint ${number}`);
      await registry.register({
        model: 'churn',
        paths: [file],
        metrics: { auc: number / 10 },
        run: { id: 'calm-otter' },
      });
    }
    await registry.promote({ ref: 'churn@2', stage: 'staging', reason: 'looks good' });
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const [model] = await tree.getChildren();
    const rows = await tree.getChildren(model);
    expect(shown(tree, rows)).toEqual([
      'Version 6  auc 0.6 · candidate',
      '3 checkpoints  3 to 5 · best auc 0.5 (5)',
      'Version 2  auc 0.2 · staging',
      'Version 1  auc 0.1 · candidate',
    ]);
    expect(shown(tree, await tree.getChildren(rows[1]))).toHaveLength(3);
    await choices.arrange({ isFolding: false });
    expect(await tree.getChildren(model)).toHaveLength(6);
  });

  it('isn’t short because a sweep was long', async () => {
    const file = join(dir, 'model.bin');
    for (let number = 1; number <= 60; number += 1) {
      await writeFile(file, `sweep ${number}`);
      const params = number <= 5 ? {} : { lr: String(number) };
      await registry.register({ model: 'churn', paths: [file], metrics: { auc: number / 100 }, params });
    }
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    const rows = shown(tree, await tree.getChildren(model));
    expect(rows.slice(0, 3)).toEqual([
      'Version 60  auc 0.6 · candidate',
      '54 sweep runs  6 to 59 · best auc 0.59 (59)',
      'Version 5  auc 0.05 · candidate',
    ]);
    expect(rows).toHaveLength(7);
  });

  it('is narrowed to models of a name, and to versions that a search finds', async () => {
    await register('churn', 2);
    await register('fraud', 3);
    await registry.tag({ ref: 'churn@1', set: { note: 'fraudulent' } });
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const ids = (await tree.getChildren()).map((node) => tree.getTreeItem(node).id);
    choices.setFilter('FRAUD');
    const models = await tree.getChildren();
    expect(shown(tree, models)).toEqual([
      'fraud  @3 newest · auc 0.03 · none in production',
      'churn 1  auc 0.01 · candidate',
    ]);
    expect(shown(tree, await tree.getChildren(models[0]))).toHaveLength(3);
    choices.setFilter('auc>0.02');
    expect(shown(tree, await tree.getChildren())).toEqual(['fraud 3  auc 0.03 · candidate']);
    choices.setFilter('nothing-like-that');
    expect(shown(tree, await tree.getChildren())).toEqual(['Nothing fits “nothing-like-that”']);
    choices.setFilter('auc>');
    expect(shown(tree, await tree.getChildren())).toHaveLength(1);
    choices.setFilter('');
    expect((await tree.getChildren()).map((node) => tree.getTreeItem(node).id)).toEqual(ids);
  });

  it('opens the only model that a filter fits, and has no buttons while it is typed', async () => {
    await register('churn', 1);
    await register('churn-weekly', 1);
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const items = async () => (await tree.getChildren()).map((node) => tree.getTreeItem(node));
    const states = async () => (await items()).map(({ collapsibleState }) => collapsibleState);
    choices.typeFilter('churn');
    expect(await states()).toEqual([1, 1]);
    choices.typeFilter('churn-');
    expect(await states()).toEqual([2]);
    choices.typeFilter('auc<1');
    expect((await items()).map(({ contextValue }) => contextValue)).toEqual([
      'version:candidate:~',
      'version:candidate:~',
    ]);
    choices.setFilter('auc<1');
    expect((await items()).map(({ contextValue }) => contextValue)).toEqual(['version:candidate', 'version:candidate']);
  });

  it('knows after a filter which models the person had opened and closed before', async () => {
    await register('churn', 1);
    await register('fraud', 1);
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const open = async () => (await tree.getChildren()).map((node) => tree.getTreeItem(node).collapsibleState);
    const [churn] = await tree.getChildren();
    expect(await open()).toEqual([2, 2]);
    if (churn) tree.noteOpened(churn, false);
    choices.typeFilter('churn');
    const [found] = await tree.getChildren();
    expect(await open()).toEqual([2]);
    if (found) tree.noteOpened(found, false);
    choices.setFilter('');
    expect(await open()).toEqual([1, 2]);
    if (churn) tree.noteOpened(churn, true);
    expect(await open()).toEqual([2, 2]);
  });

  it('shows the newest that a search finds, and more when asked', async () => {
    await register('churn', 30);
    const choices = new TreeChoices();
    const tree = treeOf({ one: registry }, choices);
    const before = await tree.getChildren();
    await tree.prepareFilter();
    expect(await tree.getChildren()).toEqual(before);
    choices.setFilter('auc<1');
    const rows = await tree.getChildren();
    const more = rows.at(-1);
    expect(rows).toHaveLength(13);
    expect(more?.kind).toBe('more');
    if (more?.kind === 'more') tree.showMore(more);
    expect((await tree.getChildren()).map(({ kind }) => kind)).toEqual(new Array(30).fill('version'));
  });

  it('remembers how it was arranged, and takes nothing else for that', async () => {
    const kept = new Map<string, unknown>();
    const state = {
      get: (key: string) => kept.get(key),
      update: async (key: string, value: unknown) => void kept.set(key, value),
    };
    await new TreeChoices(state as never).arrange({ groupBy: 'date' });
    expect(new TreeChoices(state as never).arrangement.groupBy).toBe('date');
    kept.set([...kept.keys()][0] ?? '', { groupBy: '__proto__' });
    expect(new TreeChoices(state as never).arrangement.groupBy).toBe('nothing');
  });

  it('takes what people wrote as text', async () => {
    const file = join(dir, 'model.bin');
    await writeFile(file, 'weights');
    const description = '[link](command:evil)\n# heading <img src=x>';
    await registry.register({ model: 'churn', paths: [file], description });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    const [version] = await tree.getChildren(model);
    const item = version && tree.getTreeItem(version);
    expect(item?.tooltip).toBeUndefined();
    const tooltip = item && tree.resolveTreeItem(item, version).tooltip;
    const text = typeof tooltip === 'object' ? tooltip.value : '';
    expect(text).toContain('\\[link\\]\\(command\\:evil\\)');
    expect(text).not.toContain('\n# heading');
  });
});
