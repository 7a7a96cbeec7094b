import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { safetensorsBytes } from '../modelfiles/file-sets.ts';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FIXTURES = join(import.meta.dirname, '../modelfiles/fixtures');

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  [cli, work] = await Promise.all([buildCommandLine(), plainFolder()]);
  const header = '{"w\\u001b[31m":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  await work.write('red.safetensors', safetensorsBytes(header, 8));
  await work.write('half.safetensors', safetensorsBytes(header, 4));
  await work.write('notes.txt', 'no model');
});
afterAll(async () => {
  await Promise.all([cli.dispose(), work.dispose()]);
});

const inspect = (...args: readonly string[]) => cli.run(['inspect', ...args], { cwd: work.dir });

describe('inspect', () => {
  it('tells what is in a file, without a registry, and lists its tensors where asked', async () => {
    const file = join(FIXTURES, 'onnx/torch/model/net.onnx');
    const { code, stdout, stderr } = await inspect(file, '--tensors');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/format +ONNX \(IR \d+\)/);
    expect(stdout).toMatch(/framework +pytorch 2/);
    expect(stdout).toMatch(/parameters +67/);
    expect(stdout).toMatch(/whole +yes/);
    expect(stdout).toMatch(/x +float32 {2}batch×4/);
    expect(stdout).toMatch(/0\.weight +float32 +8×4/);
    expect((await inspect(file)).stdout).not.toContain('0.weight');
  });

  it('reads the weights beside a file, and a folder as a whole', async () => {
    const folder = join(FIXTURES, 'onnx/external/model');
    expect((await inspect(join(folder, 'net.onnx'))).stdout).toMatch(/files +2 of ONNX \(net\.onnx, net\.onnx\.data\)/);
    expect(await cli.json(['inspect', folder, '--tensors'], { cwd: work.dir })).toMatchObject({
      formats: [{ id: 'onnx', paths: ['net.onnx', 'net.onnx.data'] }],
      completeness: { kind: 'complete' },
      facts: {
        format: 'onnx',
        parameterCount: 67,
        tensorCount: 4,
        tensors: [{ place: { path: 'net.onnx.data' } }, {}, {}, {}],
      },
      problems: [],
    });
  });

  it('says of a file that it is not whole, and of others that they are no models', async () => {
    const { code, stdout } = await inspect('half.safetensors');
    expect(code).toBe(0);
    expect(stdout).toMatch(/whole +no: half\.safetensors: it is 76 bytes long, and its header says 80/);
    expect((await inspect('notes.txt')).stdout).toContain('Of no format that is known here.');
    expect(await cli.json(['inspect', 'notes.txt'], { cwd: work.dir })).toMatchObject({ formats: [], problems: [] });
  });

  it('lets no name in a file reach the terminal as it is', async () => {
    const { stdout } = await inspect('red.safetensors', '--tensors');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('w\ufffd[31m');
  });

  it('tells what the files of a version say, and what it is given where that is neither', async () => {
    const nothing = await inspect('fraud@1');
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toMatch(
      /^error: PATH_NOT_FOUND: There is no file or folder .*fraud@1, and fraud@1 names no version/,
    );
    const done = async (...args: readonly string[]) =>
      expect(await cli.run(args, { cwd: work.dir })).toMatchObject({ code: 0 });
    await done('init');
    await done('register', 'fraud', 'red.safetensors');
    expect((await inspect('fraud@1')).stdout).toMatch(/fraud@1\nModel\n {2}format +safetensors/);
    expect(await cli.json(['inspect', 'fraud'], { cwd: work.dir })).toMatchObject({
      ref: 'fraud@1',
      facts: { format: 'safetensors', parameterCount: 2 },
    });
    expect((await inspect('fraud@2')).stderr).toMatch(/^error: VERSION_NOT_FOUND/);
    for (const path of ['./missing', 'missing/model@x.bin', '@'])
      expect(await inspect(path)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^error: PATH_NOT_FOUND: There is no file or folder /),
      });
  });
});
