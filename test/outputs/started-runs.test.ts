import { describe, expect, it, vi } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { RunsGoingOn } from '../../src/outputs/running.ts';
import { type StartedRun, StartedRuns, type StartSurroundings } from '../../src/outputs/started-runs.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const OUTPUTS = 'outputs: [out/*.safetensors]';
const MODEL = 'out/model.safetensors';

const surroundings = (commit: string, patch = ''): StartSurroundings => ({
  code: async () => ({ commit, isDirty: patch !== '', capturedAt: 'start' }),
  uncommitted: async () => ({
    patch: Buffer.from(patch),
    fileCount: 1,
    leftOut: [],
    leftOutCount: 0,
    untrackedCount: 0,
  }),
  environment: async () => ({ python: '3.12.1', packages: [{ name: 'numpy', version: '2.0.0' }] }),
});

/** A command of a terminal that begins now. */
const begins = (id: string, commit: string, started = new StartedRuns()) => ({
  id,
  startedAtMs: Date.now(),
  start: started.begin({ command: `python ${id}.py`, seenAs: 'terminal' }, async () => surroundings(commit)),
});

describe('an output that was written while a command ran', () => {
  it('has the code and packages of its start, its command line, its times and its exit code', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS, { commit: () => 'b'.repeat(40) });
    watching.goingOn.commandStarted(begins('train', 'a'.repeat(40)));
    await workspace.write(MODEL, safetensors([1]));
    watching.goingOn.commandEnded('train', Date.now(), 0);
    await watching.rescan();
    await workspace.newest(1);
    const { lineage } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage).toMatchObject({
      code: { commit: 'a'.repeat(40), capturedAt: 'start' },
      environment: { python: '3.12.1' },
      dependencies: [{ name: 'numpy', version: '2.0.0' }],
      run: { command: 'python train.py', seenAs: 'terminal', exitCode: 0 },
    });
    const { startedAt = '', endedAt = '' } = lineage.run ?? {};
    expect(Date.parse(startedAt)).toBeLessThanOrEqual(Date.parse(endedAt));
    expect(lineage.run?.othersCount).toBeUndefined();
  });

  it('has the code of its detection where no command was seen', async () => {
    const workspace = await makeWorkspace();
    watchWorkspace(workspace, OUTPUTS, { commit: () => 'b'.repeat(40) });
    await workspace.write(MODEL, safetensors([1]));
    await workspace.newest(1);
    const { lineage } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage).toMatchObject({ code: { commit: 'b'.repeat(40), capturedAt: 'detection' } });
    expect(lineage.run).toBeUndefined();
    expect(lineage.missing).toContainEqual({ what: 'run', why: expect.stringContaining('no command was seen') });
  });

  it('is a version of its own though the run before gave the same bytes, and without a run that is said', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    const write = () => workspace.write(MODEL, safetensors([1]));
    for (const [place, id] of ['one', 'two'].entries()) {
      watching.goingOn.commandStarted(begins(id, id === 'one' ? 'a'.repeat(40) : 'b'.repeat(40)));
      await write();
      watching.goingOn.commandEnded(id, Date.now(), 0);
      await watching.rescan();
      await workspace.newest(place + 1);
    }
    await expect
      .poll(() => watching.registered[1], { timeout: 10_000 })
      .toMatchObject({ isNew: true, sameFilesAs: { number: 1 } });
    const { lineage } = await workspace.registry.show({ ref: 'fraud@2' });
    expect(lineage).toMatchObject({ code: { commit: 'b'.repeat(40) }, run: { command: 'python two.py' } });

    const same: number[] = [];
    await watching.dispose();
    const unseen = watchWorkspace(workspace, OUTPUTS, { onSame: ({ version }) => same.push(version.number) });
    await unseen.quiet();
    expect(same).toEqual([]);
    await write();
    await expect.poll(() => same, { timeout: 10_000 }).toEqual([2]);
    expect(await workspace.versions()).toHaveLength(2);
  });

  it('isn’t told again, to each window that is opened, that outputs were written with known bytes', async () => {
    const workspace = await makeWorkspace();
    await workspace.write(MODEL, safetensors([1]));
    const first = watchWorkspace(workspace, OUTPUTS);
    await workspace.newest(1);
    await first.dispose();
    await workspace.write(MODEL, safetensors([1]));
    vi.useFakeTimers({ now: Date.now() + 10_000, toFake: ['Date'] });
    const told: number[] = [];
    const next = watchWorkspace(workspace, OUTPUTS, { onSame: ({ version }) => told.push(version.number) });
    vi.useRealTimers();
    await next.quiet();
    expect(told).toEqual([]);
  });

  it('keeps what a tracker calls the run', async () => {
    const workspace = await makeWorkspace();
    const runs = async () => [
      {
        run: {
          ...{
            tracker: 'mlflow' as const,
            place: 'mlruns/1/abc',
            id: 'abc',
            name: 'brave-fox',
            status: 'finished' as const,
          },
          ...{ metrics: { auc: 0.9 }, params: {}, sourceFiles: [], command: 'train.py' },
        },
        certainty: 'certain' as const,
        reason: '',
      },
    ];
    const watching = watchWorkspace(workspace, OUTPUTS, { runs });
    watching.goingOn.commandStarted(begins('train', 'a'.repeat(40)));
    await workspace.write(MODEL, safetensors([1]));
    watching.goingOn.commandEnded('train', Date.now(), 0);
    await watching.rescan();
    await workspace.newest(1);
    const { lineage, metrics } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage.run).toMatchObject({ id: 'abc', name: 'brave-fox', tracker: 'mlflow', command: 'python train.py' });
    expect(metrics).toEqual({ auc: 0.9 });
  });
});

describe('a command that fails', () => {
  it('registers nothing and says so, until a run succeeds', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    watching.goingOn.commandStarted(begins('train', 'a'.repeat(40)));
    await workspace.write(MODEL, safetensors([1]));
    watching.goingOn.commandEnded('train', Date.now(), 1);
    await watching.quiet();
    expect(await workspace.versions()).toEqual([]);
    const [problem, ...others] = watching.problems;
    expect(RegistryError.is(problem, 'RUN_FAILED') && problem.message).toContain(
      'python train.py failed (exit code 1), so what it wrote isn’t registered'.replace('’', "'"),
    );
    expect(others).toEqual([]);

    watching.goingOn.commandStarted(begins('again', 'a'.repeat(40)));
    await workspace.write(MODEL, safetensors([2]));
    watching.goingOn.commandEnded('again', Date.now(), 0);
    await watching.rescan();
    await workspace.newest(1);
    const { lineage } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage.run?.command).toBe('python again.py');
  });

  it('is told of without the secrets in its command', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    const token = `ghp_${'aB3dE6gH9kLmN0pQrStUvWxYz12345'}678901`;
    const started = new StartedRuns();
    const start = started.begin({ command: `python train.py --token ${token}` }, async () =>
      surroundings('a'.repeat(40)),
    );
    watching.goingOn.commandStarted({ id: 'train', startedAtMs: Date.now(), start });
    await workspace.write(MODEL, safetensors([1]));
    watching.goingOn.commandEnded('train', Date.now(), 1);
    await watching.quiet();
    expect(watching.problems.map(String).join()).toContain('python train.py --token [removed] failed');
  });

  it('is told of each time, though it fails in the same way', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, OUTPUTS);
    for (const [index, id] of ['first', 'second'].entries()) {
      const start = { ...begins('train', 'a'.repeat(40)), id };
      watching.goingOn.commandStarted(start);
      await workspace.write(MODEL, safetensors([index]));
      watching.goingOn.commandEnded(id, Date.now(), 1);
      await watching.quiet();
    }
    expect(watching.problems).toHaveLength(2);
    expect(await workspace.versions()).toEqual([]);
  });

  it('leaves nothing to watchers where another process recorded it', async () => {
    const workspace = await makeWorkspace();
    const startedAtMs = Date.now();
    let hasFailed = false;
    const watching = watchWorkspace(workspace, OUTPUTS, {
      recordings: () => [{ id: 'run', startedAtMs, ...(hasFailed ? { endedAtMs: Date.now(), exitCode: 3 } : {}) }],
    });
    await workspace.write(MODEL, safetensors([1]));
    hasFailed = true;
    await watching.quiet();
    expect(await workspace.versions()).toEqual([]);
    expect(watching.problems.map(String)).toEqual([expect.stringContaining('failed (exit code 3)')]);
  });
});

describe('the starts that are remembered', () => {
  it('are bounded in number and in the memory of their patches, the oldest going first', async () => {
    const started = new StartedRuns();
    const many: StartedRun[] = [];
    for (let number = 0; number < 40; number += 1) {
      const start = started.begin({ command: `${number}` }, async () => surroundings('a'.repeat(40)));
      await start.surroundings();
      many.push(start);
    }
    const known = await Promise.all(many.map((start) => start.surroundings()));
    expect(known.filter((one) => one !== undefined)).toHaveLength(32);
    expect(known[0]).toBeUndefined();
    expect(known[39]).toBeDefined();

    const large: StartedRun[] = [];
    for (let number = 0; number < 5; number += 1) {
      const patch = 'x'.repeat(15 * 1024 * 1024);
      const start = started.begin({ command: 'large' }, async () => surroundings('a'.repeat(40), patch));
      await start.surroundings();
      large.push(start);
    }
    expect(await Promise.all(large.map(async (start) => (await start.surroundings()) !== undefined))).toEqual([
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  it('are read for a few commands at once, and what can’t be read is as if it had not been seen', async () => {
    const started = new StartedRuns();
    let release = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    let reads = 0;
    const starts = Array.from({ length: 10 }, () =>
      started.begin({ command: 'x' }, async () => {
        reads += 1;
        await held;
        return surroundings('a'.repeat(40));
      }),
    );
    expect(reads).toBe(4);
    release();
    expect((await Promise.all(starts.map((start) => start.surroundings()))).filter(Boolean)).toHaveLength(4);
    const failing = started.begin({ command: 'x' }, async () => {
      throw new Error('no git');
    });
    expect(await failing.surroundings()).toBeUndefined();
  });
});

const OUTPUT = { files: ['/w/m.pt'], declared: ['m.pt'] };

it('a command that began after the output was written isn’t its writer', () => {
  const goingOn = new RunsGoingOn('/w', () => undefined);
  goingOn.commandStarted({ id: 'late', startedAtMs: 10_000 });
  expect(goingOn.writerOf(5000, OUTPUT)).toBeUndefined();
  expect(goingOn.writerOf(11_000, OUTPUT)?.command.id).toBe('late');
  goingOn.commandEnded('late', 12_000, 0);
  expect(goingOn.writerOf(14_000, OUTPUT)).toBeUndefined();
});
