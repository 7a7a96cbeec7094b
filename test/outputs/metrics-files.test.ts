import { describe, expect, it, vi } from 'vitest';
import type { RegisterRequest } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const MODEL = 'models/fraud/model.safetensors';
const OUTPUTS = 'outputs: [models/fraud/**]';
const WITH_METRICS = `${OUTPUTS}, metrics: [reports/metrics.json]`;

describe('metrics', () => {
  it('that are written after the model complete its version', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, WITH_METRICS);
    await workspace.write(MODEL, safetensors([1]));
    expect((await workspace.newest(1)).metrics).toEqual({});
    await workspace.write('reports/metrics.json', '{"auc": 0.9}');
    await vi.waitFor(async () => expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9 }));
    // A later step of the same run adds to them.
    await workspace.write('reports/metrics.json', '{"auc": 0.9, "slices": {"DE": {"auc": 0.8}}}');
    await vi.waitFor(async () =>
      expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9, 'slices.DE.auc': 0.8 }),
    );
    expect(watching.problems).toEqual([]);
  });

  it('of a run before are not given to the version of the next one', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, WITH_METRICS);
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await workspace.write('reports/metrics.json', '{"auc": 0.9}');
    await vi.waitFor(async () => expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9 }));
    await workspace.write(MODEL, safetensors([2]));
    expect((await workspace.newest(2)).metrics).toEqual({});
    await watching.quiet();
    expect((await workspace.newest(2)).metrics).toEqual({});
    await workspace.write('reports/metrics.json', '{"auc": 0.7}');
    await vi.waitFor(async () => expect((await workspace.newest(2)).metrics).toEqual({ auc: 0.7 }));
    expect((await workspace.versions())[0]?.metrics).toEqual({ auc: 0.9 });
  });

  it('of a run before are not given to the next one after a restart either', async () => {
    const workspace = await makeWorkspace();
    const first = watchWorkspace(workspace, WITH_METRICS);
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await workspace.write('reports/metrics.json', '{"auc": 0.9}');
    await vi.waitFor(async () => expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9 }));
    await first.dispose();
    await fileClockIsPast(Date.now());
    await workspace.write(MODEL, safetensors([2]));
    await watchWorkspace(workspace, WITH_METRICS).rescan();
    expect((await workspace.newest(2)).metrics).toEqual({});
  });

  it('that the next run writes long before its model wait for it', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, WITH_METRICS);
    await workspace.write('reports/metrics.json', '{"auc": 0.8}');
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await workspace.write('reports/metrics.json', '{"auc": 0.9, "extra": 1}');
    await watching.quiet();
    await workspace.write(MODEL, safetensors([2]));
    expect((await workspace.newest(2)).metrics).toEqual({ auc: 0.9, extra: 1 });
    expect((await workspace.versions())[0]?.metrics).toEqual({ auc: 0.8 });
    expect(watching.problems).toEqual([]);
  });

  it('that the next run writes while a version is being registered are for the next one', async () => {
    const workspace = await makeWorkspace();
    let isFirst = true;
    const registry: Registry = new Proxy(workspace.registry, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'register') return value.bind(target);
        return async (request: RegisterRequest) => {
          // Older than the version that comes of this call, as when its files are large.
          if (isFirst) await workspace.write('reports/metrics.json', '{"auc": 0.9}');
          isFirst = false;
          return target.register(request);
        };
      },
    });
    await workspace.write('reports/metrics.json', '{"auc": 0.8}');
    const watching = watchWorkspace({ root: workspace.root, registry }, WITH_METRICS);
    await workspace.write(MODEL, safetensors([1]));
    expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.8 });
    await watching.quiet();
    await workspace.write(MODEL, safetensors([2]));
    expect((await workspace.newest(2)).metrics).toEqual({ auc: 0.9 });
    expect((await workspace.versions())[0]?.metrics).toEqual({ auc: 0.8 });
  });
});

describe('outputs that were there when watching began', () => {
  it('are registered where no version has them', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('reports/metrics.json', '{"auc": 0.9}');
    await workspace.write(MODEL, safetensors([1]));
    await watchWorkspace(workspace, WITH_METRICS).rescan();
    expect((await workspace.newest(1)).metrics).toEqual({ auc: 0.9 });
  });

  it('are not registered again, whatever happened to the code since', async () => {
    const workspace = await makeWorkspace();
    const first = watchWorkspace(workspace, WITH_METRICS, { commit: () => 'aaaaaaa' });
    await workspace.write('reports/metrics.json', '{"auc": 0.9}');
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await first.dispose();
    const second = watchWorkspace(workspace, WITH_METRICS, { commit: () => 'bbbbbbb' });
    await second.quiet();
    expect(await workspace.versions()).toHaveLength(1);
    expect(second.registered).toEqual([]);
  });

  it('are not registered again where another version came after theirs', async () => {
    const workspace = await makeWorkspace();
    const first = watchWorkspace(workspace, OUTPUTS);
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    await first.dispose();
    const other = await workspace.write('elsewhere/model.safetensors', safetensors([2]));
    await workspace.registry.register({ model: 'fraud', paths: [other] });
    await watchWorkspace(workspace, OUTPUTS).quiet();
    expect(await workspace.versions()).toHaveLength(2);
  });

  it('are registered though a version is newer, where none has them: another worktree made it', async () => {
    const workspace = await makeWorkspace();
    await workspace.write('reports/metrics.json', '{"auc": 0.6}');
    await workspace.write(MODEL, safetensors([1]));
    const other = await workspace.write('elsewhere/model.safetensors', safetensors([2]));
    await workspace.registry.register({ model: 'fraud', paths: [other], metrics: { auc: 0.5 } });
    await watchWorkspace(workspace, WITH_METRICS, { commit: () => 'bbbbbbb' }).rescan();
    expect((await workspace.newest(2)).metrics).toEqual({ auc: 0.6 });
    // The code of now says nothing about them.
    expect((await workspace.registry.show({ ref: 'fraud@2' })).lineage.code).toBeUndefined();
  });
});

/** The times of files come from a clock that ticks every few milliseconds, so that they can be before what was done before. */
async function fileClockIsPast(timeMs: number): Promise<void> {
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(timeMs + 20));
}
