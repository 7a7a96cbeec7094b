import { beforeEach, expect, it, vi } from 'vitest';
import { readProject } from '../../../src/project/project-file.ts';
import { makePlace } from '../../registry/opened.ts';
import { versionSummary } from '../../webviews/examples.ts';

const asked: string[] = [];
const complaints: { readonly message: string; readonly buttons: readonly string[] }[] = [];
const opened: unknown[] = [];
let chosen: string | undefined;

vi.mock('vscode', () => ({
  ThemeIcon: class {},
  ThemeColor: class {},
  QuickInputButtons: { Back: {} },
  QuickPickItemKind: { Separator: -1, Default: 0 },
  EventEmitter: class {
    readonly event = () => ({ dispose: () => undefined });
  },
  CompletionItemKind: {},
  TreeItem: class {},
  Uri: { file: (fsPath: string) => ({ fsPath }) },
  Range: class {
    readonly startLine: number;
    constructor(startLine: number) {
      this.startLine = startLine;
    }
  },
  workspace: { isTrusted: true, getConfiguration: () => ({ get: () => undefined }) },
  commands: {
    executeCommand: async (command: string, uri: { fsPath: string }, options: unknown) =>
      void (command === 'vscode.open' && opened.push([uri.fsPath, options])),
    registerCommand: (id: string, run: (...args: unknown[]) => Promise<void>) => void registered.set(id, run),
  },
  window: {
    showErrorMessage: async (message: string, ...buttons: string[]) => {
      complaints.push({ message, buttons });
      return chosen;
    },
    // The first of what there is to choose is taken at once.
    createQuickPick: () => {
      let accept = () => undefined as unknown;
      const ignore = () => undefined;
      const list = {
        ...{ placeholder: '', selectedItems: [] as unknown[], rows: [] as unknown[], show: ignore, dispose: ignore },
        ...{ onDidTriggerButton: ignore, onDidHide: ignore, onDidChangeSelection: ignore },
        onDidAccept: (listener: () => unknown) => {
          accept = listener;
        },
        get items() {
          return list.rows;
        },
        set items(rows: unknown[]) {
          list.rows = rows;
          asked.push(list.placeholder);
          list.selectedItems = rows.slice(0, 1);
          queueMicrotask(accept);
        },
      };
      return list;
    },
  },
}));
const registered = new Map<string, (...args: unknown[]) => Promise<void>>();
const { registerCommands } = await import('../../../src/extension/commands/register-commands.ts');

const BROKEN_FILE = 'models:\n  fraud-detector:\n    outputs: [out\n';
const BROKEN_MODEL = 'models:\n  fraud-detector:\n    outputs: [out]\n    gatess: {}\n  churn:\n    outputs: [other]\n';

beforeEach(() => {
  for (const list of [asked, complaints, opened]) list.length = 0;
  chosen = undefined;
});

/** *Promote…* where the folders of the registry have these project files. */
async function promote(argument: unknown, texts: readonly string[], registries = 1): Promise<readonly string[]> {
  const place = await makePlace();
  const files = await Promise.all(texts.map((text, index) => place.write(`${index}/model-registry.yaml`, text)));
  const version = versionSummary(4, { stage: 'staging' });
  const model = { id: version.modelId, name: version.model, versions: 4 };
  const calls = {
    show: async () => version,
    showModel: async () => model,
    listModels: async ({ limit }: { limit: number }) => ({ items: [model, { ...model, id: 'c' }].slice(0, limit) }),
    listVersions: async () => ({ items: [version] }),
    stages: async () => [{ name: 'production', isExclusive: false }],
  };
  const connection = { registry: calls, project: readProject };
  const roots = files.map((file) => ({ name: 'root', uri: { fsPath: file.slice(0, -'/model-registry.yaml'.length) } }));
  const existing = Array.from({ length: registries }, () => ({ dir: '/r', exists: true, roots, connection }));
  registerCommands({
    log: { error: () => undefined },
    pages: { versionInFront: () => undefined, openReview: () => undefined },
    selectedModels: () => [],
    modelsTree: { noteUsed: () => undefined },
    registries: { existing: async () => existing },
    activity: { begin: () => () => undefined },
    reviews: { stageGates: async () => ({ standing: { kind: 'promote' }, results: [{ outcome: 'failed' }] }) },
  } as never);
  await registered.get('modelRegistry.promote')?.(...(argument === undefined ? [] : [argument]));
  return files;
}

const GATED = 'models:\n  fraud-detector:\n    outputs: [out]\n    gates: {production: [{metric: auc, min: 0.9}]}\n';
const ofVersion = { registryDir: '/r', versionId: 'v4' };

it('says before anything is asked that the project file can’t be used, and opens it where that is', async () => {
  chosen = 'Open File';
  const [file] = await promote(undefined, [BROKEN_FILE]);
  expect(asked).toEqual([]);
  expect(complaints[0]?.message).toMatch(/model-registry\.yaml can't be used: line 4/);
  expect(complaints[0]?.buttons).toEqual(['Open File', 'Show Output']);
  await vi.waitFor(() => expect(opened).toEqual([[file, { selection: { startLine: 3 } }]]));
});

it('says the same of a model whose section can’t be used as soon as it is known which model is meant', async () => {
  await promote(ofVersion, [BROKEN_MODEL]);
  expect(asked).toEqual([]);
  expect(complaints[0]?.message).toContain('says of fraud-detector can');
  complaints.length = 0;
  await promote(undefined, [BROKEN_MODEL]);
  expect(asked).toEqual(['Which model?']);
});

it('says it of a registry as soon as that is chosen', async () => {
  await promote(undefined, [BROKEN_FILE], 2);
  expect(asked).toEqual(['Which registry?']);
});

it('asks where the file that counts is another one', async () => {
  await promote(ofVersion, [GATED, BROKEN_MODEL]);
  expect(complaints).toEqual([]);
  expect(asked).toEqual(['To which stage? fraud-detector@4 is in staging.']);
});
