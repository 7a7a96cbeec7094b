import { expect, it, vi } from 'vitest';

interface FakeBox {
  value: string;
  readonly validationMessage?: string | undefined;
  readonly typed: () => void;
}
const boxes: FakeBox[] = [];

vi.mock('vscode', () => {
  const on = (): void => undefined;
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
          ...{ value: '', show: on, dispose: on, onDidAccept: on, onDidTriggerButton: on, typed: on },
          onDidChangeValue(typed: () => void) {
            this.typed = typed;
          },
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

const registry = { dir: '/work/r', exists: false, connection: { project: async () => undefined } };
const context = { registries: { byRoot: async () => registry } };

it('a new model is offered the name of its folder, which Enter takes', async () => {
  await registerVersion(context as never, Reflect.construct(vscode.Uri, []));
  expect(boxes.map(({ value }) => value)).toEqual(['Churn-model']);
});

it('a name that no model can have is told as it is typed', async () => {
  await registerVersion(context as never, Reflect.construct(vscode.Uri, []));
  const box = boxes.at(-1);
  const told = (text: string) => {
    if (box) box.value = text;
    box?.typed();
    return box?.validationMessage;
  };
  expect(told('fraud detector')).toContain('1 to 128 letters');
  expect(told('fraud-detector')).toBeUndefined();
  expect(told('')).toBeUndefined();
  expect(told('-x')).toContain('begins with a letter or digit');
});
