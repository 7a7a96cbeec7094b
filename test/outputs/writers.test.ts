import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WrittenOutputs } from '../../src/outputs/named-outputs.ts';
import type { RunningProcess } from '../../src/outputs/processes.ts';
import { RunsGoingOn } from '../../src/outputs/running.ts';
import type { StartedRun } from '../../src/outputs/started-runs.ts';

const ROOT = join(import.meta.dirname, 'workspace');
const WRITTEN = 100_000;

const output = (path: string, declared: string = path): WrittenOutputs => ({
  files: [join(ROOT, path)],
  declared: [declared],
});
const A = output('models/a.pkl');

/** A command that began ten seconds before the output was written, and ended so long after it. */
interface Ran {
  readonly line?: string;
  readonly endsAfterMs?: number;
  readonly cwd?: string;
  readonly shell?: number;
  readonly seenAs?: StartedRun['run']['seenAs'];
  readonly beganBeforeMs?: number;
}

function runs(
  commands: Readonly<Record<string, Ran>>,
  look: () => readonly RunningProcess[] | undefined = () => undefined,
) {
  const goingOn = new RunsGoingOn(ROOT, look);
  for (const [id, { line, cwd, shell, seenAs = 'terminal', beganBeforeMs = 10_000 }] of Object.entries(commands)) {
    const run = { ...(line === undefined ? {} : { command: line }), seenAs };
    const start = { run, surroundings: async () => undefined };
    goingOn.commandStarted({ id, startedAtMs: WRITTEN - beganBeforeMs, start, cwd, shell });
  }
  for (const [id, { endsAfterMs }] of Object.entries(commands))
    if (endsAfterMs !== undefined) goingOn.commandEnded(id, WRITTEN + endsAfterMs, 0);
  return goingOn;
}

/** Which command it was, where that is known. */
function writerOf(commands: Readonly<Record<string, Ran>>, outputs = A): string | undefined {
  const writer = runs(commands).writerOf(WRITTEN, outputs);
  return writer?.isKnown ? writer.command.id : undefined;
}

/** Both lines, whichever of them began and ended first. */
function bothOrders(one: Ran, two: Ran, outputs = A): readonly (string | undefined)[] {
  const early = { beganBeforeMs: 10_000, endsAfterMs: 5000 };
  const late = { beganBeforeMs: 9700, endsAfterMs: 7000 };
  return [
    writerOf({ one: { ...early, ...one }, two: { ...late, ...two } }, outputs),
    writerOf({ two: { ...early, ...two }, one: { ...late, ...one } }, outputs),
  ];
}

const trains = (...files: readonly string[]): Ran => ({ line: `python3 slow.py ${files.join(' ')} 3 6` });

describe('of several commands that ran when an output was written', () => {
  it('it is the one whose line names it, where the others name other files, whichever began first', () => {
    expect(bothOrders(trains('models/a.pkl'), trains('models/b.pkl'))).toEqual(['one', 'one']);
    expect(bothOrders(trains('models/b.pkl'), trains('models/a.pkl'))).toEqual(['two', 'two']);
    expect(
      bothOrders({ line: 'python x.py --out=models/a.pkl' }, { line: 'python y.py --out "models/b.pkl"' }),
    ).toEqual(['one', 'one']);
    expect(bothOrders({ ...trains('models/a.pkl'), seenAs: 'task' }, trains('models/b.pkl'))).toEqual(['one', 'one']);
  });

  it('the others are counted all the same: a line says what was asked for', () => {
    const commands = { one: trains('models/b.pkl'), two: trains('models/a.pkl') };
    const writer = runs(commands).writerOf(WRITTEN, A);
    expect(writer).toMatchObject({ command: { id: 'two' }, others: [{ id: 'one' }], isKnown: true });
  });

  it('a line names it from the root, from the folder of its command or of the workspace, or as it is declared', () => {
    const other = trains('models/b.pkl');
    expect(bothOrders(trains(join(ROOT, 'models/a.pkl')), other)).toEqual(['one', 'one']);
    expect(bothOrders({ ...trains('a.pkl'), cwd: join(ROOT, 'models') }, other)).toEqual(['one', 'one']);
    expect(bothOrders({ ...trains('../models/a.pkl'), cwd: join(ROOT, 'src') }, other)).toEqual(['one', 'one']);
    expect(bothOrders({ ...trains('models/a.pkl'), cwd: join(ROOT, 'src') }, other)).toEqual(['one', 'one']);
    expect(bothOrders({ line: 'cd models && python3 slow.py a.pkl' }, other)).toEqual(['one', 'one']);
    expect(bothOrders(trains('out/a.pkl'), trains('out/b.pkl'), output('stored/a.pkl', 'out/*.pkl'))).toEqual([
      'one',
      'one',
    ]);
    const runA = output('runs/a/model.pt', 'runs/**/*.pt');
    expect(bothOrders(trains('runs/a/model.pt'), trains('runs/b/model.pt'), runA)).toEqual(['one', 'one']);
  });

  it('it isn’t known where several lines name it, or none, or a line names others like it, too', () => {
    const unknown = [undefined, undefined];
    expect(bothOrders(trains('models/a.pkl'), trains('models/a.pkl'))).toEqual(unknown);
    expect(bothOrders(trains('models/b.pkl'), trains('models/c.pkl'))).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl', 'models/b.pkl'), trains('models/b.pkl'))).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl'), trains('models/a.pkl', 'models/b.pkl'))).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl,models/b.pkl'), trains('models/c.pkl'))).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl'), { line: 'python train.py' })).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl'), { line: 'python train.py data/a.csv' })).toEqual(unknown);
    expect(bothOrders(trains('models/a.pkl'), {})).toEqual(unknown);
  });

  it('it isn’t known where another line may mean it: by its folder, by what a shell puts there, from a folder that isn’t known', () => {
    for (const line of [
      'python train.py models/b.pkl models',
      'python train.py models/b.pkl --root .',
      'python train.py models/b.pkl $OUT',
      'python train.py models/b.pkl models/*.pkl',
      'python train.py models/b.pkl models/{a,b}.pkl',
      'python train.py models/b.pkl file:models/a.pkl',
      'cd "$HOME" && python train.py models/b.pkl',
      'cd - && python train.py models/b.pkl',
    ])
      expect(bothOrders(trains('models/a.pkl'), { line }), line).toEqual([undefined, undefined]);
  });

  it('it isn’t the one that names it to read it', () => {
    for (const line of [
      'python evaluate.py models/a.pkl',
      'python -m tools.predict --model models/a.pkl',
      'python tune.py --resume models/a.pkl',
      'python tune.py --init-from=models/a.pkl',
      'python tune.py < models/a.pkl',
    ])
      expect(bothOrders({ line }, trains('models/b.pkl')), line).toEqual([undefined, undefined]);
  });

  it('all of three or more must name other files', () => {
    const [a, b, c] = [trains('models/a.pkl'), trains('models/b.pkl'), trains('models/c.pkl')];
    expect(writerOf({ b, c, a })).toBe('a');
    expect(writerOf({ a, b, c })).toBe('a');
    expect(writerOf({ a, b, other: { line: 'make all' } })).toBeUndefined();
    expect(writerOf({ a, b, again: a })).toBeUndefined();
  });

  it('a command that ended before, or began afterwards, is none of them', () => {
    const gone = { ...trains('models/b.pkl'), endsAfterMs: -5000 };
    const later = { ...trains('models/b.pkl'), beganBeforeMs: -5000 };
    expect(writerOf({ gone, train: { line: 'make all' }, later })).toBe('train');
  });
});

it('a task is one command, though the editor tells of one in its terminal as well', () => {
  const task: Ran = { line: 'node train.mjs', seenAs: 'task', shell: 40, endsAfterMs: 100 };
  const shown: Ran = { line: '*  Executing task: node train.mjs', shell: 40 };
  for (const commands of [
    { task, shown },
    { shown: { ...shown, endsAfterMs: 90 }, task },
  ]) {
    const writer = runs(commands).writerOf(WRITTEN, A);
    expect(writer).toMatchObject({ command: { id: 'task' }, others: [], isKnown: true });
  }
  expect(writerOf({ task, typed: { ...shown, shell: 41 } })).toBeUndefined();
  expect(writerOf({ task, later: { ...shown, beganBeforeMs: 1000 } })).toBeUndefined();
});

describe('a process that was seen writing the output', () => {
  const file = join(ROOT, 'models/a.pkl');
  const writing = (parents: readonly number[] | undefined, path = file): RunningProcess => ({
    ...{ id: '50@90', startedAtMs: WRITTEN - 9000, writes: [path], parents },
  });
  const seeing = (commands: Readonly<Record<string, Ran>>, ...processes: readonly RunningProcess[]) => {
    let seen: readonly RunningProcess[] = processes;
    const goingOn = runs(commands, () => seen);
    goingOn.stateOf(WRITTEN, [join(ROOT, 'models')]);
    // It has closed the file, and waits, when the output is registered.
    seen = processes.map((process) => ({ ...process, writes: [] }));
    goingOn.stateOf(WRITTEN, [join(ROOT, 'models')]);
    const writer = goingOn.writerOf(WRITTEN, A);
    return writer?.isKnown ? { id: writer.command.id, others: writer.others.length } : undefined;
  };
  const one = { line: 'make one', shell: 40, endsAfterMs: 5000 };
  const two = { line: 'make two', shell: 41 };

  it('tells the command, by the shell that it came from, before any line does', () => {
    expect(seeing({ one, two }, writing([45, 41, 1]))).toEqual({ id: 'two', others: 0 });
    const named = { ...trains('models/a.pkl'), shell: 40 };
    const task = { line: 'make task', seenAs: 'task' as const, shell: 50 };
    expect(seeing({ one, task }, writing([1]))).toEqual({ id: 'task', others: 0 });
    expect(seeing({ named, other: { ...trains('models/b.pkl'), shell: 41 } }, writing([41, 1]))).toEqual({
      id: 'other',
      others: 0,
    });
  });

  it('tells nothing where it wrote other files, came from elsewhere, or isn’t the only one', () => {
    expect(seeing({ one, two }, writing([41, 1], join(ROOT, 'models/b.pkl')))).toBeUndefined();
    expect(seeing({ one, two }, writing([1]))).toBeUndefined();
    expect(seeing({ one, two }, writing(undefined))).toBeUndefined();
    expect(seeing({ one, two }, writing([41, 1]), { ...writing([40, 1]), id: '60@90' })).toBeUndefined();
    expect(seeing({ one, two: { ...two, shell: 40 } }, writing([40, 1]))).toBeUndefined();
  });
});

it('a process that was gone before outputs were written can’t have, however soon they were', () => {
  const startedAtMs = Date.now();
  let seen: readonly RunningProcess[] = [{ id: '50@90', startedAtMs, writes: [] }];
  const goingOn = new RunsGoingOn(ROOT, () => seen);
  expect(goingOn.stateOf(startedAtMs, [ROOT])).toMatchObject({ kind: 'running', writers: ['50@90'] });
  seen = [];
  expect(goingOn.stateOf(startedAtMs, [ROOT])).toMatchObject({ kind: 'ended', writers: ['50@90'] });
  expect(goingOn.stateOf(Date.now() + 2, [ROOT])).toMatchObject({ kind: 'unknown', writers: [] });
});
