import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LogEntry } from '../../../src/catalog/read-models/log.ts';
import type { ActivityNode } from '../../../src/extension/activity/activity-tree.ts';
import type { LogRequest } from '../../../src/registry/api/log.ts';

vi.mock('vscode', () => ({
  workspace: { getConfiguration: () => ({ get: () => '' }) },
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
    fire = () => undefined;
    dispose = () => undefined;
  },
  TreeItem: class {
    readonly label: string;
    constructor(label: string) {
      this.label = label;
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
}));

const { ActivityTree } = await import('../../../src/extension/activity/activity-tree.ts');

const model = { modelId: 'M' };

function entry(seq: number, changes: Partial<LogEntry> = {}): LogEntry {
  const at = new Date(2026, 10, 20, 9, 60 - seq).toISOString();
  return {
    ...{ cursor: `${seq}.0`, seq, id: `I${seq}`, at, askedAt: at, by: { name: 'Ada', email: 'ada@example.org' } },
    ...{ via: 'cli', summary: `Entry ${seq}`, events: [], kind: 'remark', subject: { ...model, versionId: `V${seq}` } },
    ...changes,
  };
}

function treeOf(entries: readonly LogEntry[], asked: LogRequest[] = [], dirs: readonly string[] = ['/one']) {
  const log = async (request: LogRequest = {}) => {
    asked.push(request);
    const start = request.before === undefined ? 0 : entries.findIndex(({ cursor }) => cursor === request.before) + 1;
    const items = entries.slice(start, start + (request.limit ?? 50));
    const last = items.at(-1);
    return start + items.length < entries.length && last ? { items, next: last.cursor } : { items };
  };
  return new ActivityTree(
    {
      existing: async () => dirs.map((dir) => ({ dir, roots: [{ name: dir.slice(1) }] })) as never,
      problems: async () => [],
      callsFor: async () => ({ log }) as never,
      onDidChange: () => ({ dispose: () => undefined }),
    },
    { error: () => undefined } as never,
  );
}

async function shown(tree: InstanceType<typeof ActivityTree>, node?: ActivityNode): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const child of await tree.getChildren(node)) {
    const { label, description } = tree.getTreeItem(child);
    lines.push([label, description].filter(Boolean).join('  '));
    if (child.kind === 'day' || child.kind === 'registry')
      lines.push(...(await shown(tree, child)).map((line) => `  ${line}`));
  }
  return lines;
}

describe('the Activity view', () => {
  beforeAll(() => vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 26, 12) }));
  afterAll(() => vi.useRealTimers());

  it('tells by days who did what, and marks what had no effect or isn’t shared', async () => {
    const entries = [
      entry(1, {
        ...{ kind: 'stage', summary: 'Promoted churn@2 to production in place of 1' },
        events: [{ type: 'stage.changed', kind: 'promote', to: 'production' }],
      }),
      entry(2, { void: 'the alias was taken' }),
      entry(3, { pending: true, at: new Date(2026, 10, 19, 9).toISOString() }),
    ];
    const tree = treeOf(entries);
    expect(await shown(tree)).toEqual([
      'Fri 20 November',
      '  churn@2  to production · 09:59 · Ada',
      '  Entry 2  had no effect · 09:58 · Ada',
      'Thu 19 November',
      '  Entry 3  not shared yet · 09:00 · Ada',
    ]);
    const [day] = await tree.getChildren();
    const [promoted, nothing] = (await tree.getChildren(day)).map((node) => tree.getTreeItem(node));
    expect(promoted?.command).toMatchObject({ command: 'modelRegistry.showVersion', arguments: [{ versionId: 'V1' }] });
    expect(nothing?.contextValue).toBe('entry:version:void');
  });

  it('begins with the version, and says the whole to a screen reader and where a word isn’t enough', async () => {
    const measured = {
      type: 'version.evaluated',
      metrics: { auc: 0.9 },
      dataset: { name: 'holdout' },
      slice: 'country=BR',
    };
    const tree = treeOf([
      entry(1, { summary: 'Added metrics to churn@2: auc', events: [measured] }),
      entry(2, { summary: 'Registered churn@2', events: [{ type: 'model.created' }, { type: 'version.registered' }] }),
      entry(3, { summary: 'Commented on churn@2; Commented on churn@1', events: [measured, measured] }),
      entry(4, { summary: 'Registered churn@1', events: [{ type: 'version.registered' }], void: 'it is there' }),
      entry(5, { summary: 'Registered churn@3', events: [{ type: 7 }] }),
    ]);
    expect(await shown(tree)).toEqual([
      'Fri 20 November',
      '  @2 country=BR auc 0.9  churn@2 · measured on holdout: auc · 09:59 · Ada',
      '  churn@2  registered · 09:58 · Ada',
      '  Commented on churn@2; Commented on churn@1  09:57 · Ada',
      '  Registered churn@1  had no effect · 09:56 · Ada',
      '  Registered churn@3  09:55 · Ada',
    ]);
    const [day] = await tree.getChildren();
    const [first] = (await tree.getChildren(day)).map((node) => tree.getTreeItem(node));
    expect(first?.accessibilityInformation?.label).toBe('Added metrics to churn@2: auc · 09:59 · Ada');
  });

  it('begins with what tells entries of one version or model apart, so that a narrow row shows it', async () => {
    const measured = { type: 'version.evaluated', metrics: { auc: 0.9, f1: 0.8 }, dataset: { name: 'holdout' } };
    const long = 'Wide-Model_Name.'.repeat(8);
    const tree = treeOf([
      entry(1, { summary: 'Added metrics to churn@2, measured on holdout: auc, f1', events: [measured] }),
      entry(2, {
        summary: `Pointed the alias champion to ${long}@2`,
        events: [{ type: 'alias.set', alias: 'champion' }],
      }),
      entry(3, {
        summary: 'Removed the alias champion of churn',
        events: [{ type: 'alias.removed', alias: 'champion' }],
      }),
      entry(4, { summary: 'Proposed a policy for churn', events: [{ type: 'policy.proposed' }] }),
      entry(5, {
        summary: 'Changed the tags team of churn@2',
        events: [{ type: 'version.annotated', setTags: { team: 'risk' } }],
      }),
      entry(6, {
        summary: 'Commented on churn@2',
        events: [{ type: 'comment.added', text: 'No complaints\nin the first week' }],
      }),
      entry(7, {
        summary: 'Recorded that gate auc passed for churn@2; Recorded that gate f1 failed for churn@2',
        events: [
          { type: 'gate.recorded', gate: 'auc', outcome: 'passed' },
          { type: 'gate.recorded', gate: 'f1', outcome: 'failed' },
        ],
      }),
    ]);
    expect((await shown(tree)).slice(1).map((line) => line.trim().replace(/ · \d.*$/, ''))).toEqual([
      '@2 auc 0.9  churn@2 · measured on holdout: auc, f1',
      '@champion  now Wide-Model_Na…_Name.@2',
      '@champion  removed from churn',
      'churn  policy proposed',
      'churn@2  tags changed: team',
      'churn@2  commented: No complaints in the first week',
      'churn@2  1 of 2 gates passed',
    ]);
  });

  it('makes many registrations that nobody watched one row, which begins with what they are of', async () => {
    const automatic = { kind: 'registration', via: 'auto', events: [{ type: 'version.registered' }] } as const;
    const tree = treeOf(
      [1, 2, 3, 4, 5].map((seq) =>
        entry(seq, seq === 5 ? {} : { ...automatic, summary: `Registered churn@${10 - seq}` }),
      ),
    );
    expect(await shown(tree)).toEqual([
      'Fri 20 November',
      '  churn@6 – @9  4 versions registered automatically · 09:59',
      '  Entry 5  09:55 · Ada',
    ]);
  });

  it('goes back a page at a time, and asks the registry for what the filter says', async () => {
    const asked: LogRequest[] = [];
    const tree = treeOf(
      Array.from({ length: 60 }, (_, index) => entry(index + 1)),
      asked,
    );
    const more = (await tree.getChildren()).at(-1);
    if (more?.kind !== 'more') throw new Error('the last row asks for more');
    tree.showMore(more);
    expect((await shown(tree)).filter((line) => line.includes('Entry'))).toHaveLength(60);
    tree.setFilter({ kinds: ['stage'], person: 'Ada', model: { registryDir: '/one', id: 'M', name: 'churn' } });
    asked.length = 0;
    await tree.getChildren();
    expect(asked).toEqual([{ kinds: ['stage'], person: 'Ada', model: 'M', limit: 50 }]);
  });

  it('says that nothing fits, and has a level for registries only where there are several', async () => {
    const tree = treeOf([]);
    expect(await shown(tree)).toEqual([]);
    tree.setFilter({ person: 'Grace' });
    expect(await shown(tree)).toEqual(['Nothing in the log fits the filter']);
    const two = treeOf([entry(1)], [], ['/one', '/two']);
    two.setFilter({ model: { registryDir: '/two', id: 'M', name: 'churn' } });
    expect(await shown(two)).toEqual(['one', 'two', '  Fri 20 November', '    Entry 1  09:59 · Ada']);
  });

  it('takes what people wrote as text', async () => {
    const tree = treeOf([entry(1, { summary: '[x](command:evil)\n# heading', reason: '<img src=x>' })]);
    const [day] = await tree.getChildren();
    const [node] = await tree.getChildren(day);
    const tooltip = node && tree.getTreeItem(node).tooltip;
    const text = typeof tooltip === 'object' ? tooltip.value : '';
    expect(text).toContain('\\[x\\]\\(command\\:evil\\)');
    expect(text).toContain('\\<img src\\=x\\>');
  });
});
