import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

interface Folder {
  readonly uri: { readonly fsPath: string };
}
type FoldersListener = (event: { readonly removed: readonly Folder[] }) => void;

const editor = vi.hoisted(() => ({ isTrusted: true, onFolders: undefined as unknown as FoldersListener }));
vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly listeners: ((value: unknown) => void)[] = [];
    readonly event = (listener: (value: unknown) => void) => {
      this.listeners.push(listener);
      return { dispose() {} };
    };
    fire(value: unknown) {
      for (const listener of this.listeners) listener(value);
    }
    dispose() {}
  },
  workspace: {
    get isTrusted() {
      return editor.isTrusted;
    },
    onDidGrantWorkspaceTrust: () => ({ dispose() {} }),
    onDidChangeWorkspaceFolders: (listener: FoldersListener) => {
      editor.onFolders = listener;
      return { dispose() {} };
    },
  },
  Disposable: { from: () => ({ dispose() {} }) },
}));
const { keepUpAll } = await import('../../../src/extension/after/keep-up.ts');
const { Deployments } = await import('../../../src/extension/after/deployments.ts');
const { ProductionTree } = await import('../../../src/extension/production/production-tree.ts');
const { Activity } = await import('../../../src/extension/status/activity.ts');

/** A window with two folders, and what is asked of their registries. */
function opened() {
  const calls: string[] = [];
  const warned: string[] = [];
  let failing = false;
  let located = 'first';
  let registryChanged: (dir: string | undefined) => void = () => undefined;
  const fraud = { uri: { fsPath: '/fraud' } };
  const churn = { uri: { fsPath: '/churn' } };
  const roots = [fraud, churn];
  const connectionOf = (name: string) => ({
    webhooks: async () => [],
    keepUp: async (root: string) => {
      if (failing) throw new Error('The thread has ended.');
      calls.push(`${name} keeps ${root}`);
    },
    endKeepUp: async (root: string) => void calls.push(`${name} ends ${root}`),
  });
  const connections = new Map(['first', 'second'].map((name) => [name, connectionOf(name)]));
  keepUpAll({
    registries: {
      byRoot: async () => ({ exists: true, connection: connections.get(located) }),
      onDidChange: (listener: typeof registryChanged) => {
        registryChanged = listener;
        return { dispose() {} };
      },
    },
    projectFiles: { roots, has: () => true, onDidChange: () => ({ dispose() {} }) },
    deployments: { forget: () => undefined },
    secrets: { of: async () => ({}), onDidChange: () => ({ dispose() {} }) },
    log: { warn: (text: string) => void warned.push(text) },
  } as never);
  return {
    calls,
    warned,
    remove() {
      roots.splice(roots.indexOf(churn), 1);
      editor.onFolders({ removed: [churn] });
    },
    fail: (isFailing: boolean) => {
      failing = isFailing;
    },
    relocate() {
      located = 'second';
      registryChanged(undefined);
    },
    change: () => registryChanged('/registry'),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  editor.isTrusted = true;
});

describe('keeping up with production', () => {
  it('ends in a folder that is removed from the window', async () => {
    const { calls, remove } = opened();
    await settled();
    remove();
    await settled();
    expect(calls).toEqual(['first keeps /fraud', 'first keeps /churn', 'first ends /churn']);
  });

  it('doesn’t begin in a folder that is removed before its registry is found', async () => {
    const { calls, remove } = opened();
    remove();
    await settled();
    expect(calls).toEqual(['first keeps /fraud']);
  });

  it('moves on when a folder’s registry is another one', async () => {
    const { calls, relocate } = opened();
    await settled();
    calls.length = 0;
    relocate();
    await settled();
    expect(calls.filter((call) => call.endsWith('/fraud'))).toEqual(['first ends /fraud', 'second keeps /fraud']);
  });

  it('is tried again after it failed, when the registry answers', async () => {
    const { calls, warned, fail, change } = opened();
    fail(true);
    await settled();
    expect([calls, warned.length]).toEqual([[], 2]);
    fail(false);
    change();
    await settled();
    expect(calls).toEqual(['first keeps /fraud', 'first keeps /churn']);
    change();
    await settled();
    expect(calls).toHaveLength(2);
  });

  it('doesn’t happen in Restricted Mode', async () => {
    editor.isTrusted = false;
    const { calls } = opened();
    await settled();
    expect(calls).toEqual([]);
  });
});

it('a folder that is being deployed to isn’t any more when the registry’s thread has stopped', () => {
  let receive: (told: unknown) => void = () => undefined;
  const onThreadEvent = (listener: typeof receive) => {
    receive = listener;
    return { dispose() {} };
  };
  const activity = new Activity();
  const deployments = new Deployments({ registries: { onThreadEvent }, activity, log: {} } as never);
  const tell = (dir: string, event: unknown) => receive({ registry: { dir }, event });
  const deployment = { model: 'churn', path: 'deploy', place: '/fraud/deploy', state: 'out-of-step', isBusy: true };
  tell('/registry', { kind: 'deployment', root: '/fraud', deployment });
  tell('/other', { kind: 'stopped' });
  expect([deployments.all()[0]?.isBusy, activity.current]).toEqual([true, 'Deploying churn']);
  tell('/registry', { kind: 'stopped' });
  expect([deployments.all()[0]?.isBusy, activity.current]).toEqual([undefined, undefined]);
  expect(deployments.all()).toMatchObject([{ state: 'out-of-step', root: '/fraud' }]);
});

it('rows of the Production view are read again when the editor has shown those that a deployment made it read', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let change: () => void = () => undefined;
  const deployments = {
    onDidChange: (listener: () => void) => {
      change = listener;
    },
  };
  const tree = new ProductionTree({ onDidChange: () => ({}) } as never, deployments as never, {} as never);
  const fired = vi.fn();
  tree.onDidChangeTreeData(fired);
  change();
  change();
  expect(fired).toHaveBeenCalledTimes(2);
  vi.runAllTimers();
  expect(fired).toHaveBeenCalledTimes(3);
  change();
  tree.dispose();
  vi.runAllTimers();
  expect(fired).toHaveBeenCalledTimes(4);
});
