import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunningProcess, runningProcesses } from '../../src/outputs/processes.ts';
import { RunsGoingOn, type StartedCommand } from '../../src/outputs/running.ts';
import { safetensors } from './safetensors.ts';
import { makeWorkspace, watchWorkspace } from './workspace.ts';

const PREVIOUS_END = 10_000;
const WRITTEN = 20_000;
const TOLD = 23_000;

/** Of whose beginning the editor told three seconds after it had written. */
const late: StartedCommand = { id: 'train', startedAtMs: TOLD, notBeforeMs: PREVIOUS_END, shell: 40 };
const trainer = { id: `50@${WRITTEN - 1000}`, startedAtMs: WRITTEN - 1000, writes: ['/w/m.pt'], parents: [45, 40, 1] };

function runs(
  commands: readonly StartedCommand[],
  look: () => readonly RunningProcess[] | undefined = () => undefined,
) {
  const goingOn = new RunsGoingOn('/w', look);
  for (const command of commands) goingOn.commandStarted(command);
  return goingOn;
}

const writerIn = (goingOn: RunsGoingOn, changedAtMs = WRITTEN) =>
  goingOn.writerOf(changedAtMs, { files: ['/w/m.pt'], declared: ['m.pt'] })?.command.id;

describe('a command whose beginning was told late', () => {
  it('wrote what was written after the end of the command before it in its terminal, while it runs and when it has ended', () => {
    const goingOn = runs([late]);
    expect(writerIn(goingOn)).toBe('train');
    expect(goingOn.stateOf(WRITTEN, [])).toMatchObject({ kind: 'running', writers: ['train'] });
    goingOn.commandEnded('train', TOLD + 50, 0);
    expect(writerIn(goingOn)).toBe('train');
    expect(goingOn.stateOf(WRITTEN, [])).toMatchObject({ kind: 'ended', writers: ['train'] });
  });

  it('didn’t write what was there before the end of the command before it, or much earlier than it', () => {
    expect(writerIn(runs([late]), PREVIOUS_END)).toBeUndefined();
    expect(writerIn(runs([late]), TOLD - 5001)).toBeUndefined();
    expect(writerIn(runs([{ ...late, notBeforeMs: undefined }]))).toBeUndefined();
  });

  it('is linked to nothing where another one may have written it', () => {
    expect(writerIn(runs([late, { id: 'other', startedAtMs: TOLD + 500 }]))).toBeUndefined();
    expect(writerIn(runs([{ id: 'other', startedAtMs: TOLD + 500 }, late]))).toBeUndefined();
    // Whoever ran then by what the editor told.
    expect(writerIn(runs([{ id: 'other', startedAtMs: WRITTEN - 500 }, late]))).toBe('other');
  });

  it('is linked to nothing where another process wrote it, by the shell that it came from or the time of its start', () => {
    const seeing = (...processes: readonly RunningProcess[]) => {
      const goingOn = runs([late], () => processes);
      goingOn.stateOf(WRITTEN, []);
      return writerIn(goingOn);
    };
    expect(seeing(trainer)).toBe('train');
    expect(seeing({ ...trainer, parents: [45, 1] })).toBeUndefined();
    expect(seeing({ ...trainer, id: `50@${PREVIOUS_END - 5000}`, startedAtMs: PREVIOUS_END - 5000 })).toBeUndefined();
    expect(seeing(trainer, { ...trainer, id: '60@19', parents: [1] })).toBeUndefined();
  });

  it('gives the version its code and command line', async () => {
    const workspace = await makeWorkspace();
    const watching = watchWorkspace(workspace, 'outputs: [out/*.safetensors]');
    const startedAtMs = Date.now() + 3000;
    const start = { run: { command: 'python train.py' }, surroundings: async () => undefined };
    watching.goingOn.commandStarted({ id: 'train', startedAtMs, notBeforeMs: Date.now() - 60_000, start });
    watching.goingOn.commandEnded('train', startedAtMs + 10, 0);
    await workspace.write('out/model.safetensors', safetensors([1]));
    await workspace.newest(1);
    const { lineage } = await workspace.registry.show({ ref: 'fraud@1' });
    expect(lineage.run).toMatchObject({ command: 'python train.py', exitCode: 0 });
  });
});

it.skipIf(process.platform !== 'linux')(
  'a process that writes is told with all that started it (only Linux tells)',
  async () => {
    const workspace = await makeWorkspace();
    const file = await workspace.write('model.bin', '');
    const program = `require('fs').openSync(process.argv[1], 'a'); console.log(process.pid); setInterval(() => {}, 1000)`;
    const shell = spawn('sh', ['-c', '"$0" -e "$1" "$2"; true', process.execPath, program, file], { detached: true });
    onTestFinished(() => void process.kill(-(shell.pid ?? 0), 'SIGKILL'));
    const [said] = await once(shell.stdout, 'data');
    const found = runningProcesses(workspace.root, [workspace.root])?.find(({ id }) => id.startsWith(`${+said}@`));
    expect(found?.parents?.slice(0, 2)).toEqual([shell.pid, process.pid]);
  },
);
