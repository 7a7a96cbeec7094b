import { afterEach, beforeEach, expect, it, vi } from 'vitest';

interface FakeTab {
  readonly input: unknown;
  readonly isPreview: boolean;
  isActive: boolean;
}
class TabInputCustom {
  readonly uri: string;
  readonly viewType: string;
  constructor(uri: string, viewType: string) {
    this.uri = uri;
    this.viewType = viewType;
  }
}
const groups: { readonly viewColumn: number; readonly tabs: FakeTab[] }[] = [];
const listeners = new Set<() => void>();
const done: unknown[] = [];
const listen = (listener: () => void) => {
  listeners.add(listener);
  return { dispose: () => listeners.delete(listener) };
};

vi.mock('vscode', () => ({
  TabInputCustom,
  commands: { executeCommand: async (...command: unknown[]) => void done.push(command) },
  window: {
    tabGroups: {
      get all() {
        return groups;
      },
      onDidChangeTabs: listen,
      onDidChangeTabGroups: listen,
      close: async (tab: FakeTab) => {
        for (const { tabs } of groups) if (tabs.includes(tab)) tabs.splice(tabs.indexOf(tab), 1);
      },
    },
  },
}));
const { LeftTabs } = await import('../../../src/extension/model-files/left-tabs.ts');

const VIEWER = 'modelRegistry.modelFile';
const tabOf = (uri: string, isActive: boolean, viewType: string = VIEWER): FakeTab => {
  return { input: new TabInputCustom(uri, viewType), isPreview: false, isActive };
};
const openedAnew = (uri: string, viewColumn: number) => [
  'vscode.openWith',
  uri,
  VIEWER,
  { viewColumn, preserveFocus: true, preview: false },
];
const wait = () => vi.advanceTimersByTimeAsync(5000);
const fail = (error: unknown) => expect.fail(String(error));

beforeEach(() => {
  vi.useFakeTimers();
  groups.length = 0;
  done.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

it('opens the tabs anew that the editor doesn’t hand over, once they are in front', async () => {
  const hidden = tabOf('file:///b.onnx', false);
  groups.push({ viewColumn: 1, tabs: [tabOf('file:///a.onnx', true), hidden] });
  groups.push({ viewColumn: 2, tabs: [tabOf('file:///a.onnx', true), tabOf('file:///x.png', false, 'other.viewer')] });
  const left = new LeftTabs(fail);
  left.settle('file:///a.onnx' as never, { viewType: VIEWER, viewColumn: 2 });
  await wait();
  expect(done).toEqual([openedAnew('file:///a.onnx', 1)]);
  expect(groups[0]?.tabs).toEqual([hidden]);

  hidden.isActive = true;
  for (const listener of listeners) listener();
  await wait();
  expect(done).toEqual([openedAnew('file:///a.onnx', 1), openedAnew('file:///b.onnx', 1)]);
  left.dispose();
  expect(listeners.size).toBe(0);
});

it('leaves tabs alone that were opened since', async () => {
  const left = new LeftTabs(fail);
  groups.push({ viewColumn: 1, tabs: [tabOf('file:///a.onnx', true)] });
  for (const listener of listeners) listener();
  await wait();
  expect(done).toEqual([]);
  left.dispose();
});
