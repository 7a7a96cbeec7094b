import { beforeEach, expect, it, vi } from 'vitest';

interface List {
  title: string;
  placeholder: string;
  items: readonly { label: string; description?: string }[];
  take(label: string): void;
  back(): void;
  leave(): void;
}
let lists: List[] = [];

vi.mock('vscode', () => ({
  EventEmitter: class {},
  ThemeIcon: class {},
  ThemeColor: class {},
  QuickPickItemKind: { Separator: -1, Default: 0 },
  QuickInputButtons: { Back: {} },
  workspace: { getConfiguration: () => ({ get: () => '' }) },
  window: {
    createQuickPick: () => {
      const listeners: Record<string, () => unknown> = {};
      const on = (name: string) => (listener: () => unknown) => {
        listeners[name] = listener;
      };
      const list = {
        ...{ title: '', placeholder: '', items: [] as { label: string }[], selectedItems: [] as unknown[] },
        ...{ onDidAccept: on('accept'), onDidTriggerButton: on('button'), onDidHide: on('hide') },
        onDidChangeSelection: on('selection'),
        ...{ show: () => undefined, dispose: () => undefined },
        take(label: string) {
          list.selectedItems = list.items.filter((item) => item.label === label);
          listeners.accept?.();
        },
        back: () => listeners.button?.(),
        leave: () => listeners.hide?.(),
      };
      lists.push(list);
      return list;
    },
  },
}));
const { startHere } = await import('../../../src/extension/commands/version-here.ts');
const { askInSteps } = await import('../../../src/extension/prompts/steps.ts');

const versionOf = (model: string, number: number) => ({
  ...{ id: `${model}${number}`, modelId: model, model, number, aliases: [], metrics: {}, stage: 'candidate' },
  ...{ createdBy: { name: 'Ada' }, createdAt: '', description: '' },
});
const all = ['aaa', 'bbb'].map((name) => ({ id: name, name, versions: 3 }));
const calls = {
  listModels: async () => ({ items: all }),
  listVersions: async ({ model }: { model: string }) => ({ items: [3, 2, 1].map((n) => versionOf(model, n)) }),
  showModel: async ({ model }: { model: string }) => all.find(({ id }) => id === model),
  show: async ({ ref }: { ref: string }) => versionOf(ref.slice(0, 3), Number(ref.slice(3))),
};
const registry = { dir: '/registry', roots: [], connection: { registry: calls } };
const page = { registryDir: '/registry', versionId: 'bbb3' };

beforeEach(() => {
  lists = [];
});

/** What a command asks that is started from the palette, and then its own question. */
async function begin(front: object | undefined, selected: readonly unknown[] = [], argument?: unknown) {
  const registries = { existing: async () => [registry] };
  const pages = { versionInFront: () => front };
  const context = { registries, pages, selectedModels: () => selected } as never;
  const start = await startHere(context, argument);
  const own = vi.fn(
    async ({ title, step, totalSteps }: { title: string; step: number; totalSteps: number }, answers: object) => {
      if (own.mock.calls.length === 1 && isGoingBack) return { kind: 'back' as const };
      return { kind: 'given' as const, value: { ...answers, text: `${title}, ${step} of ${totalSteps}` } };
    },
  );
  return { answers: askInSteps('Set Alias', start?.answers ?? {}, [...(start?.steps ?? []), own]) };
}
let isGoingBack = false;

async function listWith(label: string): Promise<List> {
  return vi.waitFor(() => {
    const list = lists.at(-1);
    expect(list?.items.map((item) => item.label)).toContain(label);
    return list as List;
  });
}

it('offers the version of the page that is open first, and names it from then on', async () => {
  const { answers } = await begin(page, [{ kind: 'version', registryDir: '/registry', versionId: 'aaa1' }]);
  const list = await listWith('bbb');
  expect(list.items.map(({ label }) => label)).toEqual(['bbb@3', 'aaa', 'bbb']);
  expect(list.items[0]?.description).toMatch(/^the page that is open/);
  expect(list.title).toBe('Set Alias');
  list.take('bbb@3');
  expect(await answers).toMatchObject({
    model: { name: 'bbb' },
    version: { id: 'bbb3' },
    text: 'Set Alias: bbb@3, 2 of 2',
  });
  expect(lists).toHaveLength(1);
});

it('offers the selected row where no page is, and asks as ever for another one', async () => {
  const { answers } = await begin(undefined, [{ kind: 'version', registryDir: '/registry', versionId: 'aaa1' }]);
  const list = await listWith('aaa@1');
  expect(list.items[0]).toMatchObject({ label: 'aaa@1', description: expect.stringMatching(/^the selected row/) });
  list.take('bbb');
  (await listWith('Version 2')).take('Version 2');
  expect(await answers).toMatchObject({ version: { id: 'bbb2' }, text: 'Set Alias: bbb@2, 3 of 3' });
});

it('offers nothing where nothing is meant, or the command says what', async () => {
  for (const [front, selected] of [
    [undefined, []],
    [undefined, [{ kind: 'model', registryDir: '/registry', modelId: 'aaa' }]],
    [{ registryDir: '/elsewhere', versionId: 'bbb3' }, []],
  ] as const) {
    const { answers } = await begin(front, selected);
    const list = await listWith('bbb');
    expect(list.items.map(({ label }) => label)).toEqual(['aaa', 'bbb']);
    list.leave();
    expect(await answers).toBeUndefined();
  }
  const { answers } = await begin(page, [], { registryDir: '/registry', versionId: 'aaa1' });
  expect(await answers).toMatchObject({ version: { id: 'aaa1' }, text: 'Set Alias, 1 of 1' });
});

it('goes back from the next question to the first', async () => {
  isGoingBack = true;
  const { answers } = await begin(page);
  (await listWith('bbb@3')).take('bbb@3');
  await vi.waitFor(() => expect(lists).toHaveLength(2));
  (await listWith('bbb@3')).take('bbb@3');
  expect(await answers).toMatchObject({ version: { id: 'bbb3' } });
  isGoingBack = false;
});
