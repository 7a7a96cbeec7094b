import { expect, it, vi } from 'vitest';

interface FakeBox {
  readonly value: string;
}
const boxes: FakeBox[] = [];

vi.mock('vscode', () => {
  const on = () => undefined;
  return {
    ThemeIcon: Object,
    QuickInputButtons: {},
    QuickPickItemKind: { Separator: -1 },
    Uri: class {
      readonly scheme = 'file';
      readonly fsPath = '/work/Churn model/model.bin';
    },
    workspace: { isTrusted: true, workspaceFolders: [folder], getWorkspaceFolder: () => folder },
    window: {
      createInputBox: () => {
        const box = {
          ...{ value: '', show: on, dispose: on, onDidAccept: on, onDidChangeValue: on, onDidTriggerButton: on },
          onDidHide: (leave: () => void) => leave(),
        };
        boxes.push(box);
        return box;
      },
    },
  };
});
const folder = vi.hoisted(() => ({ name: 'Churn model', uri: { scheme: 'file', fsPath: '/work/Churn model' } }));

const vscode = await import('vscode');
const { registerVersion } = await import('../../../src/extension/commands/registering.ts');

it('a new model is offered the name of its folder, which Enter takes', async () => {
  const registry = { dir: '/work/r', exists: false, connection: { project: async () => undefined } };
  const context = { registries: { byRoot: async () => registry } };
  await registerVersion(context as never, Reflect.construct(vscode.Uri, []));
  expect(boxes.map(({ value }) => value)).toEqual(['Churn-model']);
});
