import { describe, expect, it, vi } from 'vitest';
import type { VersionSummary } from '../../../src/catalog/read-models/versions.ts';

const opened: { placeholder?: string; items: readonly { label: string }[]; leave: () => void }[] = [];

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
        ...{ items: [], selectedItems: [], activeItems: [], buttons: [], busy: false },
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
