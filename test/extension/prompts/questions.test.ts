import { describe, expect, it, vi } from 'vitest';
import type { VersionSummary } from '../../../src/catalog/read-models/versions.ts';

const opened: {
  placeholder?: string;
  prompt?: string;
  items: readonly { label: string; description?: string; detail?: string }[];
  leave: () => void;
}[] = [];

vi.mock('vscode', () => ({
  EventEmitter: class {},
  ThemeIcon: class {},
  ThemeColor: class {},
  QuickPickItemKind: { Separator: -1, Default: 0 },
  QuickInputButtons: { Back: {} },
  workspace: { getConfiguration: () => ({ get: () => '' }) },
  window: {
    createQuickPick: () => {
      let hidden = () => undefined as unknown;
      const ignore = () => ({ dispose: () => undefined });
      const list = {
        ...{ value: '', items: [], selectedItems: [], activeItems: [], buttons: [], busy: false },
        ...{ onDidAccept: ignore, onDidTriggerButton: ignore, onDidChangeSelection: ignore, onDidChangeValue: ignore },
        onDidHide: (listener: () => unknown) => {
          hidden = listener;
          return { dispose: () => undefined };
        },
        ...{ show: () => undefined, dispose: () => undefined, leave: () => hidden() },
        hide: () => hidden(),
      };
      opened.push(list);
      return list;
    },
  },
}));

const { searchVersions } = await import('../../../src/extension/prompts/search.ts');
const { pickOne } = await import('../../../src/extension/prompts/pick.ts');
const { modelStep, versionChoice, versionStep } = await import('../../../src/extension/prompts/questions.ts');

const LONG = 'Wide-Model_Name.'.repeat(8);

describe('a list to choose from', () => {
  it('of versions names the model that was chosen before', async () => {
    const answers = { model: { id: 'M', name: LONG } };
    const asked = versionStep({ title: 'Show Version', step: 2, totalSteps: 2 }, answers as never);
    const list = opened.at(-1);
    list?.leave();
    await asked;
    expect(list?.placeholder).toMatch(/^Which version of Wide-Model_Name\..*….*Name\.\?$/);
  });

  it('draws no icon and makes no link of what others wrote', async () => {
    const text = '$(trash) icon';
    const version = {
      ...{ id: 'V', model: `wine ${text}`, number: 7, aliases: [text], metrics: { [text]: 1 }, stage: 'candidate' },
      ...{ createdBy: { name: text }, createdAt: '', description: text },
    };
    const page = { items: [version] };
    const calls = { listModels: async () => page, listVersions: async () => page, search: async () => page };
    const registry = { connection: { registry: calls } };
    const answers = { registry, model: { id: 'M', name: 'wine' } };
    const place = { title: 'Show Version', step: 2, totalSteps: 2 };
    const [asked, searched] = [
      versionStep(place, answers as never),
      searchVersions(registry as never, (one) => versionChoice(one, true)),
    ];
    const lists = opened.slice(-2);
    for (const list of lists) {
      await vi.waitFor(() => expect(list.items).toHaveLength(1));
      const shown = list.items.map(({ label, description, detail }) => [label, description, detail].join());
      expect(shown.join()).toContain('$ (trash) icon');
      expect(shown.join()).not.toContain('$(');
      list.leave();
    }
    await Promise.all([asked, searched]);

    // What the list itself warns of keeps its own.
    const warned = pickOne({
      place,
      placeholder: '',
      prompt: `${text} [here](command:x)`,
      choices: [{ value: 1, label: text, detail: text, isWarning: true }],
      nothing: '',
    });
    const list = opened.at(-1);
    await vi.waitFor(() => expect(list?.items).toMatchObject([{ detail: '$(warning) $ (trash) icon' }]));
    expect(list?.prompt).toBe('$ (trash) icon [here] (command:x)');
    list?.leave();
    await warned;
  });

  it('has room for what follows a very long name', async () => {
    const page = { items: [{ id: 'M', name: LONG, versions: 0 }] };
    const registry = { connection: { registry: { listModels: async () => page } } };
    const asked = modelStep({ title: 'Show Model', step: 1, totalSteps: 1 }, { registry } as never);
    const list = opened.at(-1);
    await vi.waitFor(() => expect(list?.items).toHaveLength(1));
    expect(list?.items[0]?.label.length).toBe(48);
    list?.leave();
    await asked;
    const version = { id: 'V', model: LONG, number: 7, aliases: [], metrics: {}, stage: 'candidate' };
    const { label } = versionChoice(
      { ...version, createdBy: { name: 'Ada' }, createdAt: '', description: '' } as unknown as VersionSummary,
      true,
    );
    expect(label).toBe(`${list?.items[0]?.label}@7`);
  });
});
