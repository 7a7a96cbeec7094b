import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';

/** What the windows of this test show and hear. Each is a `ModelOffers` of its own, with the editor's calls in common. */
const editor = vi.hoisted(() => ({
  questions: [] as { readonly text: string; readonly answer: (choice: string | undefined) => void }[],
  /** Messages about new versions, which stay until they are closed. */
  told: [] as {
    readonly text: string;
    readonly buttons: readonly string[];
    readonly answer: (choice: string | undefined) => void;
  }[],
  fileListeners: [] as ((uri: unknown) => void)[],
  root: { uri: { scheme: 'file', fsPath: '', toString: () => 'file:///work/fraud' }, name: 'fraud', index: 0 },
}));

vi.mock('vscode', () => {
  const nothing = () => ({ dispose: () => undefined });
  const heard = (listener: (uri: unknown) => void) => {
    editor.fileListeners.push(listener);
    return nothing();
  };
  return {
    workspace: {
      isTrusted: true,
      textDocuments: [],
      createFileSystemWatcher: () => ({ onDidCreate: heard, onDidChange: nothing, dispose: () => undefined }),
      getWorkspaceFolder: () => editor.root,
      onDidSaveNotebookDocument: nothing,
      getConfiguration: () => ({ get: (_name: string, usual: unknown) => usual ?? true }),
    },
    window: {
      onDidChangeWindowState: nothing,
      setStatusBarMessage: nothing,
      showInformationMessage: (text: string, ...buttons: readonly string[]) =>
        new Promise((answer: (choice: string | undefined) => void) => {
          if (/registered/.test(text)) editor.told.push({ text, buttons, answer });
          else editor.questions.push({ text, answer });
        }),
      showWarningMessage: async () => undefined,
    },
  };
});

const { ModelOffers } = await import('../../../src/extension/watching/model-offers.ts');
const { OfferMarks } = await import('../../../src/extension/watching/offer-marks.ts');
const { withModel } = await import('../../../src/project/add-model.ts');

let dir = '';
const windows: { dispose(): void }[] = [];
const written = { name: 'fraud', outputs: ['model.bin'], metrics: [], params: [], example: 'model.bin' };

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-registry-windows-'));
  editor.root.uri.fsPath = dir;
  editor.questions.length = 0;
  editor.told.length = 0;
  editor.fileListeners.length = 0;
  registers = false;
  ended = 0;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(async () => {
  vi.useRealTimers();
  for (const window of windows.splice(0)) window.dispose();
  await rm(dir, { recursive: true, force: true });
});

/** Registering succeeds; else it is cancelled. */
let registers = false;
const VERSION = { id: 'v1', model: 'fraud', number: 1, metrics: {} };

/** Looks of all windows that came to an end, with a question or without one. */
let ended = 0;

function openWindow(): void {
  const connection = {
    findModel: async () => written,
    registerFound: async () => {
      if (registers) return { version: VERSION, isNew: true };
      throw new RegistryError('OPERATION_CANCELLED', 'It was cancelled.');
    },
    projectWith: async (text: string | undefined) => withModel(text, written.name, written),
  };
  const marks = new OfferMarks(join(dir, 'storage'));
  const options = {
    registries: {
      relocate: async () => undefined,
      byRoot: async () => ({ dir, exists: true, roots: [editor.root], connection }),
    },
    projectFiles: { roots: [editor.root], uriOf: () => ({ fsPath: join(dir, 'model-registry.yaml') }) },
    commands: { onDidEnd: () => ({ dispose: () => undefined }) },
    marks: {
      isFirst: (mark: string) => marks.isFirst(mark),
      has: (mark: string) => marks.has(mark),
      async whileAsking(what: string, ask: () => Promise<void>) {
        await marks.whileAsking(what, ask);
        ended += 1;
      },
    },
    activity: { begin: () => () => undefined },
    log: { warn: (text: string) => expect.fail(text), error: () => undefined },
  };
  windows.push(new ModelOffers(options as never));
}

/** Training writes the model; when this returns, every window has heard of it and looked, and asks or is done. */
async function train(weights: string): Promise<void> {
  const before = ended;
  await writeFile(join(dir, 'model.bin'), weights);
  for (const hear of editor.fileListeners) hear({});
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitFor(() => expect(ended - before + editor.questions.length).toBe(windows.length));
}

/** Answers the only question. */
async function answer(choice: string | undefined): Promise<void> {
  expect(editor.questions).toHaveLength(1);
  const before = ended;
  editor.questions.pop()?.answer(choice);
  await vi.waitFor(() => expect(ended).toBe(before + 1));
}

describe('two windows on one folder', () => {
  it('offer a model in one of them, and write the project file once', async () => {
    openWindow();
    openWindow();
    await train('1');
    await answer('Always for This Place');
    expect(await readFile(join(dir, 'model-registry.yaml'), 'utf8')).toMatch(/^ {4}outputs: \[model\.bin\]$/m);
  });

  it('offer it again, in one of them, once it is written anew', async () => {
    openWindow();
    openWindow();
    await train('1');
    await answer('Register');
    await train('22');
    expect(editor.questions).toHaveLength(1);
  });

  it('take an answer for both, and for windows that are opened later', async () => {
    openWindow();
    openWindow();
    await train('1');
    await answer(undefined);
    await train('22');
    openWindow();
    await train('333');
    expect(editor.questions).toEqual([]);
  });
});

describe('what is registered once', () => {
  it('is offered again when it is written anew, also while the message about its version is still there', async () => {
    registers = true;
    openWindow();
    await train('1');
    await answer('Register');
    await vi.waitFor(() => expect(editor.told.map(({ text }) => text)).toEqual(['fraud@1 registered']));
    await train('22');
    expect(editor.questions.map(({ text }) => text)).toEqual([
      'model.bin looks like a trained model. Register it as fraud?',
    ]);
  });

  it('can be declared for good in the message about its version', async () => {
    registers = true;
    openWindow();
    await train('1');
    await answer('Register');
    await vi.waitFor(() =>
      expect(editor.told.map(({ buttons }) => buttons)).toEqual([['Promote…', 'Show', 'Always for This Place']]),
    );
    editor.told[0]?.answer('Always for This Place');
    await vi.waitFor(async () =>
      expect(await readFile(join(dir, 'model-registry.yaml'), 'utf8')).toMatch(/^ {4}outputs: \[model\.bin\]$/m),
    );
  });
});
