import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import type { TreeNode } from '../../../src/extension/models-tree/nodes.ts';
import type { Registry } from '../../../src/registry/api.ts';
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
    appendText(text: string) {
      this.value += text.replace(/[\\`*_{}[\]()#+\-!~<>]/g, '\\$&');
    }
  },
  workspace: { getConfiguration: () => ({ get: () => undefined }) },
}));

const { ModelsTree } = await import('../../../src/extension/models-tree/models-tree.ts');

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

function treeOf(registries: Readonly<Record<string, Pick<Registry, 'listModels' | 'listVersions'>>>) {
  const dirs = Object.keys(registries);
  return new ModelsTree(
    {
      existing: async () => dirs.map((name) => ({ dir: name, exists: true, roots: [{ name }] })) as never,
      problems: async () => [],
      callsFor: async (name) => registries[name] as never,
      onDidChange: () => ({ dispose: () => undefined }),
    },
    { error: () => undefined } as never,
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
    expect(shown(tree, models)).toEqual(['churn  production 1 · auc 0.01']);
    expect(shown(tree, await tree.getChildren(models[0]))).toEqual([
      'Version 1  production · auc 0.01',
      'Version 3  candidate · auc 0.03',
      'Version 2  candidate · auc 0.02 · @champion',
    ]);
  });

  it('says first which version takes the place of one that came too early', async () => {
    await register('churn', 2);
    await registry.tag({ ref: 'churn@1', set: { 'superseded-by': '2' } });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    expect(shown(tree, await tree.getChildren(model))).toEqual([
      'Version 2  candidate · auc 0.02',
      'Version 1  superseded by 2 · candidate · auc 0.01',
    ]);
  });

  it('shows fifty and then more, and the one in production though it is older', async () => {
    await register('churn', 52);
    await registry.promote({ ref: 'churn@1', stage: 'production', reason: 'first' });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    const first = await tree.getChildren(model);
    expect(shown(tree, first).slice(0, 2)).toEqual([
      'Version 1  production · auc 0.01',
      'Version 52  candidate · auc 0.52',
    ]);
    const more = first.at(-1);
    expect([first.length, more?.kind]).toEqual([52, 'more']);
    if (more?.kind !== 'more') throw new Error('the last row asks for more');
    tree.showMore(more);
    const all = shown(tree, await tree.getChildren(model));
    expect([all.length, all.at(-1)]).toEqual([52, 'Version 2  candidate · auc 0.02']);
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
    expect(shown(tree, await tree.getChildren(roots[0]))).toEqual(['churn  none in production']);
    expect(shown(tree, await tree.getChildren(roots[1]))).toEqual(['No versions yet']);
  });

  it('says what is wrong in a row of its own', async () => {
    const failing = async () => {
      throw new RegistryError('LOG_DAMAGED', 'Commit 3 is damaged.');
    };
    const tree = treeOf({ one: { listModels: failing, listVersions: failing } });
    expect(shown(tree, await tree.getChildren())).toEqual(['Commit 3 is damaged.']);
  });

  it('takes what people wrote as text', async () => {
    const file = join(dir, 'model.bin');
    await writeFile(file, 'weights');
    const description = '[link](command:evil)\n# heading <img src=x>';
    await registry.register({ model: 'churn', paths: [file], description });
    const tree = treeOf({ one: registry });
    const [model] = await tree.getChildren();
    const [version] = await tree.getChildren(model);
    const tooltip = version && tree.getTreeItem(version).tooltip;
    const text = typeof tooltip === 'object' ? tooltip.value : '';
    expect(text).toContain('\\[link\\]\\(command:evil\\)');
    expect(text).not.toContain('\n# heading');
  });
});
