import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { float32Tensors } from '../modelfiles/float32-tensors.ts';
import { buildCommandLine, type CommandLine, type Ended } from './harness/command-line.ts';
import { plainFolder, type Workspace } from './harness/workspace.ts';

// Each command is a process of its own, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
  work = await plainFolder();
  await work.write('out/model.safetensors', float32Tensors({ weight: [1] }));
  await work.write('out/README.md', '---\nlicense: mit\n---\n# Scores payments\n');
  expect(await run('init')).toMatchObject({ code: 0 });
  expect(await run('register', 'fraud', 'out', '--metrics', 'auc=0.93')).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await work.dispose();
  await cli.dispose();
});

const run = (...args: readonly string[]): Promise<Ended> => cli.run(args, { cwd: work.dir });

describe('card', () => {
  it('prints the card among the files, a draft of what is recorded, and each with its source as JSON', async () => {
    const [card, draft, json] = await Promise.all([
      run('card', 'fraud@1'),
      run('card', 'fraud@1', '--draft'),
      run('--json', 'card', 'fraud@1'),
    ]);
    expect(card).toEqual({ code: 0, stderr: '', stdout: '---\nlicense: mit\n---\n# Scores payments\n' });
    expect(draft.stdout).toMatch(/^---\n(?:.*\n)*---\n+# fraud\n/);
    expect(draft.stdout).toContain('| `auc` |');
    expect(JSON.parse(json.stdout)).toEqual({
      version: 'fraud@1',
      source: 'file',
      text: '---\nlicense: mit\n---\n# Scores payments\n',
    });
  });

  it('is set from a file, and written to one', async () => {
    await work.write('card.md', '# Fraud\n\nNot for \u001b[2Jloans.\n');
    expect(await run('card', 'fraud@1', '--set', 'card.md')).toMatchObject({ code: 0, stderr: '' });
    const [written, printed] = await Promise.all([
      run('card', 'fraud@1', '--to', 'exported.md'),
      run('card', 'fraud@1'),
    ]);
    expect(written.stdout).toBe('Wrote the model card of fraud@1 to exported.md\n');
    expect(await readFile(join(work.dir, 'exported.md'), 'utf8')).toContain('# Fraud\n');
    expect(printed.stdout).toContain('Not for');
    expect(printed.stdout).not.toContain('\u001b');
  });

  it('says what is in the way, and changes nothing then', async () => {
    const log = (await run('--json', 'log')).stdout;
    const [noFile, noFolder, noVersion, both] = await Promise.all([
      run('card', 'fraud@1', '--set', 'absent.md'),
      run('card', 'fraud@1', '--to', 'absent/card.md'),
      run('card', 'fraud@9'),
      run('card', 'fraud@1', '--set', 'card.md', '--draft'),
    ]);
    expect(noFile).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: PATH_NOT_FOUND: .*absent\.md/),
    });
    expect(noFolder).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error: [A-Z_]+: .*absent/) });
    expect(noVersion).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: VERSION_NOT_FOUND/),
    });
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect((await run('--json', 'log')).stdout).toBe(log);
  });
});

describe('show --load', () => {
  it('prints how to load the version as it was asked for, and as JSON what is needed for it', async () => {
    await run('promote', 'fraud@1', 'production', '--reason', 'First');
    const [text, json] = await Promise.all([
      run('show', 'fraud@production', '--load'),
      run('--json', 'show', 'fraud', '--load'),
    ]);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('fraud@production');
    expect(text.stdout).toContain('from safetensors');
    expect(JSON.parse(json.stdout)).toMatchObject({ version: { model: 'fraud', number: 1 } });
  });
});
