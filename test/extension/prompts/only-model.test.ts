import { beforeEach, expect, it, vi } from 'vitest';
import type { Answers } from '../../../src/extension/prompts/answers.ts';

interface List {
  readonly placeholder: string;
  readonly items: readonly { readonly label: string }[];
  take(label: string): void;
  back(): void;
}
let lists: List[] = [];

vi.mock('vscode', () => ({
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
        ...{ placeholder: '', items: [] as { label: string }[], selectedItems: [] as unknown[] },
        ...{ onDidAccept: on('accept'), onDidTriggerButton: on('button'), onDidHide: on('hide') },
        ...{ onDidChangeSelection: on('selection'), show: () => undefined, dispose: () => undefined },
        take(label: string) {
          list.selectedItems = list.items.filter((item) => item.label === label);
          listeners.accept?.();
        },
        back: () => listeners.button?.(),
      };
      lists.push(list);
      return list;
    },
  },
}));
const { startFrom } = await import('../../../src/extension/commands/targets.ts');
const { askInSteps } = await import('../../../src/extension/prompts/steps.ts');

/** A registry of a workspace folder, with models that have a version each. */
function registryOf(folder: string, models: readonly string[]) {
  const summaries = models.map((name) => ({ id: name, name, versions: 1 }));
  const version = (model: string) => ({
    ...{ id: `${model}1`, modelId: model, model, number: 1, aliases: [], metrics: {}, stage: 'candidate' },
    ...{ createdBy: { name: 'Ada' }, createdAt: '', description: '' },
  });
  const calls = {
    listModels: async ({ limit }: { limit: number }) => ({ items: summaries.slice(0, limit) }),
    listVersions: async ({ model }: { model: string }) => ({ items: [version(model)] }),
  };
  return { dir: `/${folder}`, roots: [{ name: folder }], connection: { registry: calls } };
}

const existing = [registryOf('vision', ['detector']), registryOf('fraud', ['churn', 'fraud'])];
const context = { registries: { existing: async () => existing } } as never;

async function listAsking(placeholder: string): Promise<List> {
  return vi.waitFor(() => {
    const list = lists.at(-1);
    expect(list?.placeholder).toBe(placeholder);
    expect(list?.items.length).toBeGreaterThan(0);
    return list as List;
  });
}

async function ask(): Promise<Answers | undefined> {
  const start = await startFrom(context, undefined, 'version');
  return askInSteps('Promote', start?.answers ?? {}, start?.steps ?? []);
}

beforeEach(() => {
  lists = [];
});

it('doesn’t ask which model where the registry that was chosen has one only', async () => {
  const answers = ask();
  (await listAsking('Which registry?')).take('vision');
  (await listAsking('Which version of detector?')).take('Version 1');
  expect(await answers).toMatchObject({ model: { name: 'detector' }, version: { id: 'detector1' } });
  expect(lists).toHaveLength(2);
});

it('goes back over it to the registries, of which another one may have several', async () => {
  const answers = ask();
  (await listAsking('Which registry?')).take('vision');
  (await listAsking('Which version of detector?')).back();
  (await listAsking('Which registry?')).take('fraud');
  (await listAsking('Which model?')).back();
  (await listAsking('Which registry?')).take('vision');
  (await listAsking('Which version of detector?')).take('Version 1');
  expect(await answers).toMatchObject({ registry: { dir: '/vision' }, version: { id: 'detector1' } });
});
