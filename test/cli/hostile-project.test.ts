import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine, type Ended } from './harness/command-line.ts';
import { gitProject, REGISTER, type Workspace } from './harness/workspace.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** What hangs is ended, and its exit code isn't the one that is asked for. Far more than a slow machine needs. */
const PATIENCE_MS = 120_000;
const AT_ONCE = 3;

let cli: CommandLine;
let work: Workspace;
beforeAll(async () => {
  cli = await buildCommandLine();
  work = await gitProject();
  await run('init');
  await run(...REGISTER);
});
afterAll(async () => {
  await work.dispose();
  await cli.dispose();
});

async function run(...args: readonly string[]): Promise<Ended> {
  return runIn(work.dir, ...args);
}

async function runIn(cwd: string, ...args: readonly string[]): Promise<Ended> {
  const { child, ended } = cli.start(args, { cwd });
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  return ended.finally(() => clearTimeout(timer));
}

/** Everything in the workspace and beside it, but for what the registry keeps. */
async function everything(): Promise<readonly string[]> {
  const inside = (await readdir(work.dir, { recursive: true })).filter((path) => !path.startsWith('.git'));
  const beside = (await readdir(dirname(work.dir))).filter((name) => /PWNED/.test(name));
  return [...inside, ...beside].sort();
}

const touch = 'touch ../PWNED PWNED';
const model = (outputs: string) => `models: {fraud-detector: {outputs: [${outputs}]}}\n`;
const gate = (text: string) => `models: {fraud-detector: {outputs: [m], gates: {production: [${text}]}}}\n`;
const nested = (levels: number) => `${'a: {'.repeat(levels)}${'}'.repeat(levels)}`;
const laughs = (levels: number) =>
  [
    'a0: &a0 [x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`).join()}]`),
  ].join('\n');

const HOSTILE: readonly (readonly [what: string, text: string, says: string])[] = [
  ['aliases that multiply', `${laughs(12)}\nmodels: *a12\n`, 'alias'],
  ['aliases that multiply in a gate', `x: &x [${'1,'.repeat(20)}]\n${gate(Array(300).fill('*x').join())}`, 'alias'],
  ['an alias of itself', 'models: &a {fraud-detector: {outputs: [m], tags: *a}}\n', 'line '],
  ['a merge of itself', 'models: &a\n  <<: *a\n', 'line '],
  [
    'thousands of anchors',
    `models: {${Array.from({ length: 600 }, (_, at) => `m${at}: &a${at} {outputs: [m]}`).join()}}`,
    'more parts',
  ],
  ['brackets without end', `models: ${'['.repeat(50_000)}`, 'levels deep'],
  ['maps in maps', nested(5000), 'levels deep'],
  [
    'lists in lists',
    `models:\n${Array.from({ length: 1000 }, (_, at) => `${' '.repeat(at)}-`).join('\n')}`,
    'levels deep',
  ],
  ['keys that are documents', `${'? '.repeat(1000)}a\n`, 'more parts'],
  ['a file without end', `#${'x'.repeat(1024 * 1024)}\n`, 'larger than 1 MiB'],
  ['a name of half a million letters', gate(`{metric: ${'a'.repeat(500_000)}, min: 1}`), 'longer than 256'],
  ['thousands of gates', gate(Array(5000).fill('{approvals: 1}').join()), 'more than 64 gates'],
  ['a tag that runs Python', gate(`!!python/object/apply:os.system ["${touch}"]`), 'line '],
  [
    'a tag that runs JavaScript',
    `models: !!js/function "function () { require('child_process').execSync('${touch}') }"\n`,
    'line ',
  ],
  ['a glob that never ends', model('"*a*a*a*a*a*a*a*a*a*a*a*a*b"'), 'more than 3 wildcards'],
  ['a glob of repeated groups', model('"+(a|aa)+(a|aa)+(a|aa)b"'), 'a group with a repetition'],
  ['a glob that leaves in braces', model('"{x,../..}/**"'), 'leaves the workspace'],
  ['a path that leaves', model('../../etc'), 'leaves the workspace'],
  ['a path from the root', model('/etc/passwd'), 'relative to the workspace'],
  ['a path of a drive', model('"C:/Windows"'), 'relative to the workspace'],
  ['a path of a home', model('~/.ssh'), 'relative to the workspace'],
  ['a model that is a command', `models: {"$(${touch})": {outputs: [m]}}\n`, 'no model name'],
  ['a model that is an option', 'models: {"--help; touch PWNED": {outputs: [m]}}\n', 'no model name'],
  ['a model that is a path', 'models: {"../../PWNED": {outputs: [m]}}\n', 'no model name'],
  ['a model that every object has', 'models: {__proto__: {outputs: [m]}}\n', "can't be the name of a model"],
  [
    'a stage that every object has',
    'models: {fraud-detector: {outputs: [m], gates: {constructor: [{approvals: 1}]}}}\n',
    "can't be the name of a stage",
  ],
  [
    'a gate with a key that every object has',
    gate('{metric: auc, min: 1, __proto__: {command: "touch PWNED"}, toString: 1}'),
    'no key "__proto__"',
  ],
  ['a command with several lines', gate(`{command: "node\\n${touch}"}`), 'control characters'],
  ['a command with an endless list', gate(`{command: [${Array(5000).fill('x').join()}]}`), 'has more than 100 entries'],
  ['a dataset with control characters', gate('{metric: auc, min: 1, dataset: "\\e[2J"}'), 'control characters'],
];

describe('a hostile project file', () => {
  it('runs nothing, hangs nowhere, writes nothing, and is refused with its place', async () => {
    const before = await everything();
    const folders: string[] = [];
    for (const [at, [, text]] of HOSTILE.entries()) {
      const folder = join(work.dir, `.git/hostile/${at}`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'model-registry.yaml'), text);
      folders.push(folder);
    }
    const queue = HOSTILE.entries();
    const found: Record<string, unknown> = {};
    const lane = async () => {
      for (const [at, [what, , says]] of queue) {
        const args = [
          '--registry',
          join(work.dir, '.git/model-registry'),
          'gates',
          'fraud-detector@1',
          'production',
          '--run',
        ];
        const { code, stderr } = await runIn(folders[at] ?? '', ...args);
        found[what] =
          code === 1 && stderr.includes('PROJECT_FILE_INVALID') && /line \d+/.test(stderr) && stderr.includes(says)
            ? says
            : { code, stderr };
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    expect(found).toEqual(Object.fromEntries(HOSTILE.map(([what, , says]) => [what, says])));
    await rm(join(work.dir, '.git/hostile'), { recursive: true });
    expect(await everything()).toEqual(before);
  });

  it.skipIf(process.platform === 'win32')(
    'that is a pipe, a folder, or a link to elsewhere is refused, too',
    async () => {
      const file = join(work.dir, 'model-registry.yaml');
      const secret = join(dirname(work.dir), `secret-${process.pid}`);
      await writeFile(secret, 'token: hunter2\n');
      try {
        for (const make of [
          () => execFileSync('mkfifo', [file]),
          () => mkdir(file),
          () => symlink(secret, file),
          () => symlink('model-registry.yaml', file),
          () => symlink('/dev/zero', file),
        ]) {
          await make();
          const ended = await run('promote', 'fraud-detector@1', 'staging', '--reason', 'go');
          expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('PROJECT_FILE_INVALID') });
          expect(ended.stderr).not.toContain('hunter2');
          await rm(file, { recursive: true });
        }
      } finally {
        await rm(secret);
      }
    },
  );

  it('whose commands nobody asked to run doesn’t run them', async () => {
    const write = `require('fs').writeFileSync('PWNED', '')`;
    await work.write(
      'model-registry.yaml',
      gate(
        `{command: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(write)}]}, {benchmark: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(write)}], p50: 1 s}`,
      ),
    );
    const before = await everything();
    const on = ['--dataset', 'holdout'];
    for (const args of [
      ['gates', 'fraud-detector@1', 'production'],
      ['promote', 'fraud-detector@1', 'production', '--reason', 'go'],
      ['evaluate', 'fraud-detector@1', '--metrics', 'auc=1', ...on],
      ['approve', 'fraud-detector@1', 'production'],
      ['policy', 'apply', 'fraud-detector', '--from', 'model-registry.yaml', '--dry-run'],
      ['show', 'fraud-detector@1'],
      ['list'],
    ])
      await run(...args);
    expect(await everything()).toEqual(before);
  });

  it('hands what looks like a shell’s words to its commands as they are', async () => {
    const words = [
      '$(touch PWNED)',
      '`touch PWNED`',
      '; touch PWNED',
      '&& touch PWNED',
      '| tee PWNED',
      '> PWNED',
      '$HOME',
      '*',
    ];
    const print =
      'console.log(JSON.stringify({ words: process.argv.slice(1), shell: process.env.MODEL_REGISTRY_MODEL }))';
    await work.write(
      'model-registry.yaml',
      gate(`{command: ${JSON.stringify([process.execPath, '-e', print, ...words])}}`),
    );
    const before = await everything();
    const ran = await run('gates', 'fraud-detector@1', 'production', '--run');
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.stderr.split('\n')[1] ?? '')).toEqual({ words, shell: 'fraud-detector' });
    expect(await everything()).toEqual(before);
  });
});
