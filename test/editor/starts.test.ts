import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';
import { Workbench } from './harness/workbench.ts';

const CLI = join(repositoryRoot, 'dist/cli.js');
const WAIT_MS = 30_000;

/** Says that it began, waits until it is told to go on, writes a model whose name is in the same file, and ends with the code in it. */
const TRAIN = `import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
writeFileSync('began', '');
while (!existsSync('go')) await new Promise((done) => setTimeout(done, 20));
const { value, exitCode } = JSON.parse(readFileSync('go', 'utf8'));
// As long as a training takes at least: the environment of a terminal's program is read while it runs.
await new Promise((done) => setTimeout(done, 2000));
rmSync('began');
rmSync('go');
const header = JSON.stringify({ w: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } });
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(header.length));
mkdirSync('out', { recursive: true });
writeFileSync('out/model.safetensors', Buffer.concat([length, Buffer.from(header), Buffer.from([value])]));
process.exitCode = exitCode;
`;

/** Says that it began, writes the model that it is asked for when it is told to, and ends when it is told to. */
const TRAIN_TO = `import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
const until = async (file) => {
  while (!existsSync(file)) await new Promise((done) => setTimeout(done, 20));
};
const file = process.argv[2];
mkdirSync('pair', { recursive: true });
writeFileSync(file + '.began', '');
await until('pair/go');
const header = JSON.stringify({ w: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } });
const length = Buffer.alloc(8);
length.writeBigUInt64LE(BigInt(header.length));
writeFileSync(file, Buffer.concat([length, Buffer.from(header), Buffer.from(basename(file).slice(0, 1))]));
await until('pair/end');
`;

const FILES: Readonly<Record<string, string>> = {
  'model-registry.yaml':
    'models:\n  fraud:\n    outputs: [out/**]\n  a:\n    outputs: [pair/a.safetensors]\n  b:\n    outputs: [pair/b.safetensors]\n',
  '.gitignore': 'out/\npair/\nbegan\ngo\ngo.part\n',
  'train.mjs': TRAIN,
  'train-to.mjs': TRAIN_TO,
  '.vscode/tasks.json': JSON.stringify({
    version: '2.0.0',
    tasks: [{ label: 'Train', type: 'process', command: process.execPath, args: ['train.mjs'], problemMatcher: [] }],
  }),
  '.vscode/launch.json': JSON.stringify({
    version: '0.2.0',
    configurations: [
      {
        ...{ name: 'Train', type: 'node', request: 'launch', program: `\${workspaceFolder}/train.mjs` },
        ...{ cwd: `\${workspaceFolder}`, runtimeExecutable: process.execPath, console: 'internalConsole' },
      },
    ],
  }),
};

keepEvidenceOfFailures();

describe('a commit that is made while a run goes on doesn’t change the commit of its version', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;
  let workbench: Workbench;
  let count = 0;

  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', workspace, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
      encoding: 'utf8',
    }).trim();
  const registry = (...args: readonly string[]) =>
    JSON.parse(execFileSync(process.execPath, [CLI, '-C', workspace, ...args, '--json'], { encoding: 'utf8' }));

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-starts-'));
    workspace = join(dir, 'fraud');
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), text);
    }
    const packages = join(dir, 'env/lib/python3.12/site-packages/demo-1.2.3.dist-info');
    await mkdir(packages, { recursive: true });
    await writeFile(join(packages, 'METADATA'), 'Metadata-Version: 2.1\nName: demo\nVersion: 1.2.3\n');
    await writeFile(join(dir, 'env/pyvenv.cfg'), 'version = 3.12.1\n');
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('commit', '-qm', 'First');
    editor = await openEditor({
      workspace,
      settings: { 'terminal.integrated.gpuAcceleration': 'off', 'debug.openDebug': 'neverOpen' },
    });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.page.getByText('Nothing is registered yet').first().waitFor({ timeout: 60_000 });
  });
  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => workbench.clearNotifications());

  /** Types into a terminal as soon as its shell asks for something. */
  async function type(line: string): Promise<void> {
    await workbench.runCommand('Terminal: Create New Terminal');
    const rows = workbench.page.locator('.terminal-wrapper.active .xterm-rows');
    await rows.filter({ hasText: /[$#]/ }).waitFor({ timeout: WAIT_MS });
    await workbench.page.keyboard.type(line);
    await workbench.page.keyboard.press('Enter');
  }

  /** Commits while the run that `begin` starts goes on, lets it end, and gives the commit of its start. */
  async function commitMeanwhile(seenAs: string, begin: () => Promise<void>, exitCode = 0): Promise<string> {
    const commit = git('rev-parse', 'HEAD');
    await begin();
    await expect.poll(() => existsSync(join(workspace, 'began')), { timeout: WAIT_MS }).toBe(true);
    // The editor tells of a beginning some moments after it.
    if (seenAs !== 'run')
      await expect.poll(() => editor.diagnostics(), { timeout: WAIT_MS }).toContain(`(${seenAs}) at ${commit}`);
    count += 1;
    git('commit', '-qm', 'Meanwhile', '--allow-empty');
    await writeFile(join(workspace, 'go.part'), JSON.stringify({ value: count, exitCode }));
    execFileSync('mv', [join(workspace, 'go.part'), join(workspace, 'go')]);
    return commit;
  }

  it('in the integrated terminal', async () => {
    // An environment that is active in this terminal alone.
    const line = `export VIRTUAL_ENV=${join(dir, 'env')}; node train.mjs`;
    const commit = await commitMeanwhile('terminal', () => type(line));
    await workbench.notification('fraud@1 registered').waitFor();
    expect(registry('show', 'fraud@1').lineage).toMatchObject({
      code: { commit, capturedAt: 'start', isDirty: false },
      run: { command: line, seenAs: 'terminal', exitCode: 0 },
      ...(process.platform === 'linux' ? { dependencies: [{ name: 'demo', version: '1.2.3' }] } : {}),
    });
    await editor.screenshot('starts-1-terminal');
  });

  it('in a task', async () => {
    // Not committed, so it is kept as a patch.
    await writeFile(join(workspace, 'train.mjs'), `${TRAIN}// longer\n`);
    const commit = await commitMeanwhile('task', async () => {
      await workbench.runCommand('Tasks: Run Task');
      await workbench.choose('Train');
    });
    await workbench.notification('fraud@2 registered').waitFor();
    expect(registry('show', 'fraud@2').lineage).toMatchObject({
      code: { commit, capturedAt: 'start', isDirty: true, changes: { fileCount: 1 } },
      run: { command: `${process.execPath} train.mjs`, seenAs: 'task', exitCode: 0 },
    });
  });

  it('in a debug session', async () => {
    const commit = await commitMeanwhile('debug', () => workbench.runCommand('Debug: Start Debugging'));
    await workbench.notification('fraud@3 registered').waitFor();
    expect(registry('show', 'fraud@3').lineage).toMatchObject({
      code: { commit, capturedAt: 'start' },
      run: { command: 'node train.mjs', seenAs: 'debug' },
    });
  });

  it('with `run` in the integrated terminal, and its outputs are registered once', async () => {
    const commit = await commitMeanwhile('run', () => type(`node ${CLI} run -- node train.mjs`));
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 4').waitFor();
    // What is written next comes after it: nothing was registered twice.
    await commitMeanwhile('terminal', () => type('node train.mjs'));
    await workbench.notification('fraud@5 registered').waitFor();
    expect(registry('list', 'fraud')).toHaveLength(5);
    expect(registry('show', 'fraud@4').lineage).toMatchObject({
      code: { commit, capturedAt: 'start' },
      run: { command: 'node train.mjs', seenAs: 'run', exitCode: 0 },
    });
  });

  it('and what a failed command leaves is a version only where a person says so', async () => {
    const commit = await commitMeanwhile('terminal', () => type('node train.mjs'), 3);
    await workbench.notification('node train.mjs failed (exit code 3)').waitFor();
    await editor.screenshot('starts-2-failed');
    expect(registry('list', 'fraud')).toHaveLength(5);
    await workbench.clickNotificationButton('failed (exit code 3)', 'Register All the Same');
    await workbench.notification('fraud@6 registered').waitFor();
    expect(registry('show', 'fraud@6').lineage).toMatchObject({
      code: { commit, capturedAt: 'start' },
      run: { command: 'node train.mjs', exitCode: 3 },
    });
  });

  it('and of two that train at once in two terminals, each version has its own', async () => {
    const seen = () => editor.diagnostics().then((text) => text.split('(terminal) at ').length);
    const before = await seen();
    const line = (name: string) => `node train-to.mjs pair/${name}.safetensors`;
    for (const [place, name] of ['b', 'a'].entries()) {
      await type(line(name));
      await expect
        .poll(() => existsSync(join(workspace, `pair/${name}.safetensors.began`)), { timeout: WAIT_MS })
        .toBe(true);
      await expect.poll(seen, { timeout: WAIT_MS }).toBe(before + place + 1);
    }
    await writeFile(join(workspace, 'pair/go'), '');
    for (const name of ['a', 'b'])
      await expect.poll(() => existsSync(join(workspace, `pair/${name}.safetensors`)), { timeout: WAIT_MS }).toBe(true);
    await writeFile(join(workspace, 'pair/end'), '');
    for (const name of ['a', 'b']) {
      await workbench.notification(`${name}@1 registered`).waitFor();
      expect(registry('show', `${name}@1`).lineage.run).toMatchObject({ command: line(name), othersCount: 1 });
    }
  });

  it('so the code that trained a version opens in a window of its own, its command typed and not run', async () => {
    git('commit', '-qam', 'Later');
    const { commit } = registry('show', 'fraud@2').lineage.code;
    await workbench.openContainer('Model Registry');
    const opening = editor.page.context().waitForEvent('page');
    await workbench.chooseFromMenu(workbench.treeRow('Version 2'), 'Files', 'Open the Code That Trained This');
    await workbench.quickInput.press('Enter');
    const to = join(dir, 'fraud-fraud-2');
    const window = new Workbench(await opening);
    await window.waitUntilReady();
    await window.notification('This is the code that trained fraud@2. Its command stands in the terminal').waitFor();
    await window.page
      .locator('.terminal-wrapper.active .xterm-rows')
      .filter({ hasText: 'train.mjs' })
      .waitFor({ timeout: WAIT_MS });
    await window.page.screenshot({ path: join(repositoryRoot, 'out/screenshots/starts-3-code.png') });
    expect(await readFile(join(to, 'train.mjs'), 'utf8')).toBe(`${TRAIN}// longer\n`);
    const head = execFileSync('git', ['-C', to, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
    expect(head.trim()).toBe(commit);
    expect(existsSync(join(to, 'began'))).toBe(false);
    // The worktree has the registry of its repository.
    expect(registry('list', 'fraud')).toHaveLength(6);
    expect(execFileSync(process.execPath, [CLI, '-C', to, 'list', 'fraud', '--json'], { encoding: 'utf8' })).toBe(
      execFileSync(process.execPath, [CLI, '-C', workspace, 'list', 'fraud', '--json'], { encoding: 'utf8' }),
    );
  });
});
