import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { StartedRuns, type StartSurroundings } from '../../src/outputs/started-runs.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const OUTPUTS = 'outputs: [out/*.safetensors]';
const MODEL = 'out/model.safetensors';
const [COMMIT, OTHER] = ['a'.repeat(40), 'b'.repeat(40)];

interface Start {
  readonly commit?: string;
  readonly patch?: string;
  readonly packages?: readonly string[];
  readonly command?: string;
}

const surroundings = ({ commit = COMMIT, patch = '', packages = ['numpy'] }: Start): StartSurroundings => ({
  code: async () => ({ commit, isDirty: patch !== '', capturedAt: 'start' }),
  uncommitted: async () => ({
    ...{ patch: Buffer.from(patch), fileCount: 1, leftOut: [], leftOutCount: 0, untrackedCount: 0 },
  }),
  environment: async () => ({ python: '3.12.1', packages: packages.map((name) => ({ name, version: '2.0.0' })) }),
});

/** A version whose output was written while these ran, of which those with an exit code end, in this order; none where it isn't registered. */
async function registeredWhile(
  commands: Readonly<Record<string, Start & { readonly exitCode?: number }>>,
  options: Pick<Parameters<typeof watchWorkspace>[2] & object, 'runs'> = {},
) {
  const workspace = await makeWorkspace();
  const watching = watchWorkspace(workspace, OUTPUTS, options);
  const started = new StartedRuns();
  for (const [id, start] of Object.entries(commands)) {
    const { command = `python ${id}.py` } = start;
    const run = started.begin({ command, seenAs: 'terminal' }, async () => surroundings(start));
    watching.goingOn.commandStarted({ id, startedAtMs: Date.now(), start: run });
  }
  await workspace.write(MODEL, safetensors([1]));
  let endedAtMs = Date.now();
  for (const [id, { exitCode }] of Object.entries(commands)) {
    if (exitCode !== undefined) watching.goingOn.commandEnded(id, endedAtMs, exitCode);
    endedAtMs += 1000;
  }
  await watching.quiet();
  const [version] = await workspace.versions();
  const lineage = version && (await workspace.registry.show({ ref: 'fraud@1' })).lineage;
  return { lineage, problems: watching.problems };
}

describe('an output that several commands can have written', () => {
  it('has none of their lines, times and exit codes; that they ran, and which they were, is told', async () => {
    const { lineage } = await registeredWhile({ dashboard: {}, train: { exitCode: 0 }, plot: { exitCode: 0 } });
    expect(lineage?.run).toEqual({ othersCount: 2 });
    expect(lineage?.missing).toContainEqual({
      what: 'run',
      why: `3 commands ran when the outputs were written, and it isn't known which of them wrote them: python train.py; python plot.py; python dashboard.py`,
    });
    expect(lineage?.missing.map(({ what }) => what)).not.toContain('code');
    expect(lineage?.code).toMatchObject({ commit: COMMIT, capturedAt: 'start' });
  });

  it('has the code of the one that ended with it, and that the others had another commit, changes or packages is told', async () => {
    const train = { exitCode: 0, patch: 'x' };
    const factsBeside = async (other: Start) => {
      const { lineage } = await registeredWhile({ train, other });
      expect(lineage?.code).toMatchObject({ commit: COMMIT, isDirty: true });
      return (lineage?.missing ?? []).flatMap(({ what, why }) =>
        why.startsWith('the commands that can have written') ? [`${what} ${why.split(': ').at(-1)}`] : [],
      );
    };
    expect(await factsBeside({ patch: 'x' })).toEqual([]);
    expect(await factsBeside({ patch: 'x', commit: OTHER })).toEqual(['code python train.py']);
    expect(await factsBeside({ patch: 'y' })).toEqual(['code python train.py']);
    expect(await factsBeside({ patch: 'x', packages: ['torch'] })).toEqual(['dependencies python train.py']);
  });

  it('has the command whose line names it', async () => {
    const { lineage } = await registeredWhile({
      first: { command: 'python slow.py out/other.safetensors', exitCode: 0, commit: OTHER },
      second: { command: `python slow.py ${MODEL}`, exitCode: 0 },
    });
    expect(lineage?.run).toMatchObject({ command: `python slow.py ${MODEL}`, exitCode: 0, othersCount: 1 });
    expect(lineage?.code?.commit).toBe(COMMIT);
    expect(lineage?.missing.map(({ what }) => what)).not.toContain('run');
  });

  it('keeps what a tracker recorded of the run', async () => {
    const run = {
      ...{ tracker: 'mlflow' as const, place: 'mlruns/1/abc', id: 'abc', status: 'finished' as const },
      ...{ metrics: {}, params: {}, sourceFiles: [], command: 'train.py' },
    };
    const runs = async () => [{ run, certainty: 'certain' as const, reason: '' }];
    const { lineage } = await registeredWhile({ train: { exitCode: 0 }, plot: {} }, { runs });
    expect(lineage?.run).toEqual({ tracker: 'mlflow', id: 'abc', command: 'train.py', othersCount: 1 });
  });

  it('names no secret of theirs, and of many only the first', async () => {
    const token = `ghp_${'aB3dE6gH9kLmN0pQrStUvWxYz12345'}678901`;
    const others = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`plot${index}`, { exitCode: 0 }]));
    const long = { command: `python train.py ${'x'.repeat(120)} --token ${token}`, exitCode: 0 };
    const { lineage } = await registeredWhile({ long, ...others });
    const why = lineage?.missing.find(({ what }) => what === 'run')?.why ?? '';
    expect(why).toMatch(/^6 commands ran .*; python plot2\.py; 2 more$/);
    expect(why).not.toContain('ghp_');
  });

  it('is no version where the likeliest failed, and that it isn’t known which it was is told', async () => {
    const { lineage, problems } = await registeredWhile({ train: { exitCode: 3 }, plot: { exitCode: 0 } });
    expect(lineage).toBeUndefined();
    const [problem] = problems;
    expect(RegistryError.is(problem, 'RUN_FAILED') && problem.message).toMatch(
      /^One of the commands that ran .* failed with exit code 3: python train\.py\. It isn't known which/,
    );
  });
});
