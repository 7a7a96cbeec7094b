import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import { modelNamed } from '../../src/gates/declared.ts';
import { declaredDirections } from '../../src/project/directions.ts';
import { parseProject, usableProject } from '../../src/project/parse-project.ts';
import { readProject } from '../../src/project/project-file.ts';
import { sectionProblem } from '../../src/project/unusable-sections.ts';
import { pinnedHead } from '../../src/registry/shared/pinned.ts';

function problemsOf(text: string): unknown {
  try {
    parseProject(text, 'model-registry.yaml');
  } catch (error) {
    if (RegistryError.is(error, 'PROJECT_FILE_INVALID')) return error.details.problems;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('model-registry.yaml', () => {
  it.skipIf(process.platform === 'win32')('is not followed out of the workspace, nor quoted from there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'model-registry-project-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    await mkdir(join(dir, 'workspace'));
    await writeFile(join(dir, 'secret'), 's3cret: [');
    await symlink(join(dir, 'secret'), join(dir, 'workspace/model-registry.yaml'));
    const error = await readProject(join(dir, 'workspace')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'PROJECT_FILE_INVALID', message: expect.stringContaining('outside') });
    expect(String(error)).not.toContain('s3cret');
  });

  it('names a few of many mistakes', () => {
    const text = `a: ${'['.repeat(100_000)}`;
    expect(() => parseProject(text, 'model-registry.yaml')).toThrow(/^.{1,2000}$/s);
  });

  it('names the outputs of each model and what belongs to them', () => {
    const project = parseProject('models:\n  fraud:\n    outputs: [models/**]\n    metrics: [m.json]\n', 'x');
    expect(project.models.fraud).toEqual({
      checkpoints: 'best',
      outputs: ['models/**'],
      metrics: ['m.json'],
      params: [],
      data: [],
      tags: {},
    });
  });

  it('says which way is better where the name of a metric does not, and not both', () => {
    const text =
      'models:\n  fraud:\n    outputs: [a]\n    higher-is-better: [gain]\n    lower-is-better: [cost, "*.drift"]\n';
    const { models } = parseProject(text, 'x');
    expect(declaredDirections(models.fraud)).toEqual({ higher: ['gain'], lower: ['cost', '*.drift'] });
    expect(declaredDirections(undefined)).toBeUndefined();
    expect(problemsOf(text.replace('cost', 'gain'))).toEqual([
      expect.objectContaining({ message: expect.stringContaining('in both higher-is-better and lower-is-better') }),
    ]);
  });

  it('reads where production is deployed to, what follows a transition, and who is told', () => {
    const text = `models:
  fraud:
    outputs: [models/**]
    deploy: deploy/fraud/
    after: [{command: ./restart.sh, on: [rollback], time-limit: 5}]
webhooks:
  - {url: "https://ci.example.com/hook", events: [model_version_stage.changed], models: [fraud], name: ci}
`;
    const { models, webhooks } = parseProject(text, 'x');
    expect(models.fraud).toMatchObject({
      deploy: 'deploy/fraud',
      after: [{ command: './restart.sh', on: ['rollback'] }],
    });
    expect(webhooks).toHaveLength(1);
  });

  it.each([
    ['deploy: ../out', 'leaves the workspace'],
    ['deploy: /srv/fraud', 'must be relative'],
    ['deploy: .', 'must be a folder below'],
    ['deploy: "deploy/*"', 'is a pattern'],
    ['deploy: .git/hooks', 'lies in .git, whose files other programs run'],
    ['deploy: a/.GIT/b', 'lies in .GIT, whose files other programs run'],
    ['deploy: node_modules/.bin', 'lies in node_modules, whose files other programs run'],
    ['deploy: .venv/lib', 'lies in .venv, whose files other programs run'],
    ['deploy: models', 'declares as an output'],
    ['after: [{command: x, on: [register]}]', 'is promote, rollback'],
    ['after: [{run: x}]', 'Known here: command, on, stage, time-limit'],
    ['after: ./restart.sh', 'must be a list of commands'],
    [`after: [{command: 'sh "x'}]`, 'has a quote without its end'],
  ])('refuses %s', (line, message) => {
    const problems = problemsOf(`models:\n  fraud:\n    outputs: [models/**]\n    ${line}\n`);
    expect(problems).toContainEqual(expect.objectContaining({ message: expect.stringContaining(message) }));
  });

  it('refuses one folder for two models', () => {
    const text = 'models:\n  a: {outputs: [x], deploy: out}\n  b: {outputs: [y], deploy: out/b}\n';
    expect(problemsOf(text)).toEqual([{ line: 2, column: 3, message: expect.stringContaining('so is b') }]);
  });

  it.each([
    ['http://ci.example.com/', 'must begin with https://'],
    ['https://ann:secret@ci.example.com/', 'don’t belong into a file'],
    ['ftp://127.0.0.1/', 'must begin with https://'],
    ['ci.example.com', 'is no URL'],
    ['http://127.0.0.1.example.com/', 'must begin with https://'],
  ])('sends nothing to %s', (url, message) => {
    const text = `models: {}\nwebhooks: [{url: "${url}", events: [model_version.created]}]\n`;
    expect(problemsOf(text)).toEqual([{ line: 2, column: 13, message: expect.stringContaining(message) }]);
  });

  it('lets a webhook on this machine do without TLS', () => {
    for (const host of ['127.0.0.1:8080', 'localhost', '[::1]'])
      expect(
        parseProject(`models: {}\nwebhooks: [{url: "http://${host}/", events: [model_version.created]}]\n`, 'x')
          .webhooks,
      ).toHaveLength(1);
  });

  it.each([
    ['an absolute path', '/etc/passwd', 'must be relative'],
    ['a drive', 'C:/models', 'must be relative'],
    ['a parent folder', 'models/../../secret', 'leaves the workspace'],
    ['a backslash', 'models\\\\x', 'backslash'],
    ['a pattern that would be tried for ever', `models/${'*a'.repeat(40)}b`, 'wildcards'],
    ['one over many folders', `${'**/a/'.repeat(20)}b`, '** more than'],
    ['a repetition in a repetition', 'models/+(a|aa)+(a|aa)b', 'repetition'],
    ['an endless pattern', 'a'.repeat(1001), 'longer than'],
  ])('refuses %s', (_what, path, message) => {
    expect(problemsOf(`models:\n  fraud:\n    outputs:\n      - "${path}"\n`)).toEqual([
      { line: 4, column: 9, message: expect.stringContaining(message) },
    ]);
  });

  it('says where a mistake stands and what is known there', () => {
    expect(problemsOf('models:\n  fraud:\n    output: [a]\n')).toEqual([
      {
        line: 3,
        column: 5,
        message: expect.stringContaining('Known here: outputs'),
        meant: { word: 'output', names: ['outputs'], isNear: true },
      },
    ]);
    expect(problemsOf('models: [\n')).toEqual([expect.objectContaining({ line: expect.any(Number) })]);
    expect(problemsOf('models:\n  "a b":\n    outputs: [x]\n')).toEqual([expect.objectContaining({ line: 2 })]);
    expect(problemsOf('')).toEqual([expect.objectContaining({ line: 1 })]);
  });

  it.each([
    ['models: {x: {output: [a]}}', 'did you mean "outputs"?'],
    ['models: {x: {outputs: [a], metric: [b]}}', 'did you mean "metrics"?'],
    ['model: {}\nmodels: {}', 'did you mean "models"?'],
    ['models: {x: {outputs: [a], owner: me}}', 'There is no key "owner". Known here'],
  ])('names the key that was probably meant: %s', (text, message) => {
    expect(problemsOf(text)).toContainEqual(expect.objectContaining({ message: expect.stringContaining(message) }));
  });

  it('does not lose a model whose name no object can have', () => {
    expect(problemsOf('models:\n  a: {outputs: [x]}\n  constructor: {outputs: [x]}\n')).toEqual([
      { line: 3, column: 3, message: expect.stringContaining('"constructor"') },
    ]);
  });

  it.each(['{..,a}/b', 'a/{b,..}/c', '@(..|a)/b'])('sees through a way out in braces: %s', (pattern) => {
    expect(problemsOf(`models: {x: {outputs: ["${pattern}"]}}`)).toEqual([
      expect.objectContaining({ message: expect.stringContaining('leaves the workspace') }),
    ]);
  });

  it('refuses aliases that multiply, and a name given twice', () => {
    const bomb = `a: &a [${'1,'.repeat(10)}]\nmodels: [${'*a,'.repeat(200)}]\n`;
    expect(problemsOf(bomb)).toEqual([expect.objectContaining({ message: expect.stringContaining('alias') })]);
    expect(problemsOf('models:\n  x: {outputs: [a]}\n  x: {outputs: [b]}\n')).toEqual([
      expect.objectContaining({ line: 3 }),
    ]);
  });
});

describe('a mistake in the section of one model', () => {
  const mistakes: readonly (readonly [string, string])[] = [
    ['{outputs: [a], gates: {production: [{metric: auc, mim: 0.9}]}}', 'did you mean "min"?'],
    ['{outputs: ../a}', 'k.outputs: must be a list, but it is "../a"'],
    ['{outputs: [a], deploy: b}', 'which b declares as an output'],
    ['{outputs: [a], outputs: [b]}', 'this key stands here twice'],
    ['models/**', 'k: must be names with values, but it is "models/**"'],
    ['', 'k: must be names with values, but it is empty'],
    ['{outputs: [a], gates: {__proto__: []}}', 'name of a stage'],
  ];

  it.each(mistakes)('concerns that model alone: %s', (section, says) => {
    const project = usableProject(`models:\n  b: {outputs: [b]}\n  k: ${section}\n  c: {outputs: [c]}\n`, 'the file');
    expect(Object.keys(project.models)).toEqual(['b', 'c']);
    expect(project.refused).toEqual([
      expect.objectContaining({
        name: 'k',
        file: 'the file',
        problems: expect.arrayContaining([
          { line: 3, column: expect.any(Number), message: expect.stringContaining(says), ...meantIn(says) },
        ]),
      }),
    ]);
    expect(modelNamed(project, 'b')?.outputs).toEqual(['b']);
    // Names that differ in capitals alone are one model's.
    expect(() => modelNamed(project, 'K')).toThrow(
      /^What the file says of k can't be used: line 3: .*other models are\.$/,
    );
  });

  it.each([
    [
      'gates that belong to the model above',
      '  k: {outputs: [a]}\n  gates:\n    production: [{metric: auc, min: 1}]\n',
    ],
    ['a stage that does', '  k: {outputs: [a]}\n  production: [{metric: auc, min: 1}]\n'],
    ['a misspelt key that does', '  k: {outputs: [a]}\n  gatess: {production: []}\n'],
    ['a name that can be any model’s', '  k: {outputs: [a]}\n  "fraud detector": {outputs: [b]}\n'],
    ['what stands outside of all models', '  k: {outputs: [a]}\nwebhook: []\n'],
    ['two sections that may be gates', '  k: {outputs: [a]}\n  gates: {production: []}\n  gates: {production: []}\n'],
  ])('concerns all of them where it may be %s', (_what, text) => {
    expect(() => usableProject(`models:\n${text}`, 'the file')).toThrow(/^the file can't be used: line/);
  });

  it('leaves the others what is theirs: files of it are nobody else’s', () => {
    const { refused } = usableProject(
      'models:\n  b: {outputs: [b]}\n  k: {outputs: [a], metrics: [m.json], x: 1}\n',
      'f',
    );
    expect(refused).toMatchObject([{ outputs: ['a'], metrics: ['m.json'], params: [] }]);
  });
});

describe('a mistake in a section beside the models', () => {
  it.each([
    ['webhooks', '[{url: "ftp://x.example", events: [model_version.created]}]', 'no webhook is told'],
    ['code', '{untraked: [a]}', 'no files that git doesn’t track'],
    ['remote', '7', 'connected to no shared storage'],
    ['head', 'abc', 'connected to no shared storage'],
  ] as const)('keeps no model from being promoted, and is told: %s', (key, section, says) => {
    const project = usableProject(
      `models:\n  b: {outputs: [b]}\n  k: {x: 1, outputs: [k]}\n${key}: ${section}\n`,
      'the file',
    );
    expect([Object.keys(project.models), project.refused?.map(({ name }) => name)]).toEqual([['b'], ['k']]);
    expect(project).not.toHaveProperty(key);
    expect(sectionProblem(project, key)).toMatchObject({
      code: 'PROJECT_FILE_INVALID',
      message: expect.stringMatching(new RegExp(`^What the file says under ${key} can't be used: line 4: .*${says}`)),
    });
    const pinned = () => pinnedHead(project, 'https://a.blob.core.windows.net/models');
    if (key === 'remote' || key === 'head') expect(pinned).toThrow('connected to no shared storage');
    else expect(pinned()).toBeUndefined();
  });

  it('concerns all models where one of them may stand in it', () => {
    const text = 'models:\n  b: {outputs: [b]}\ncode:\n  k: {gates: {production: [{approvals: 1}]}}\n';
    expect(() => usableProject(text, 'the file')).toThrow(/^the file can't be used: line 4/);
  });
});

function meantIn(says: string): object {
  return says.includes('did you mean') ? { meant: expect.anything() } : {};
}

describe('a model without outputs', () => {
  it('has gates and settings all the same', () => {
    const { models } = parseProject(
      'models: {k: {gates: {production: [{approvals: 1}]}, higher-is-better: [gain]}}',
      'f',
    );
    expect(models.k).toMatchObject({ outputs: [], gates: { production: [{ approvals: 1 }] } });
  });
});

describe('the project file of a folder', () => {
  it('may be absent', async () => {
    expect(await readProject(await temporaryFolder())).toBeUndefined();
  });

  it('is read', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'model-registry.yaml'), 'models: {x: {outputs: [a]}}\n');
    expect(Object.keys((await readProject(folder))?.models ?? {})).toEqual(['x']);
  });

  it('isn’t missed under the other usual ending, which other programs have for files of theirs', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'model-registry.yml'), 'kind: Deployment\n');
    expect(await readProject(folder)).toBeUndefined();
    await writeFile(join(folder, 'model-registry.yml'), 'models: {x: {gates: {production: [{approvals: 1}]}}}\n');
    await expect(readProject(folder)).rejects.toMatchObject({
      code: 'PROJECT_FILE_INVALID',
      message: expect.stringContaining('rename it'),
    });
  });

  it('is refused where it is too large, or no file', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'model-registry.yaml'), `# ${'x'.repeat(1024 * 1024)}\n`);
    await expect(readProject(folder)).rejects.toMatchObject({ code: 'PROJECT_FILE_INVALID' });
    const other = await temporaryFolder();
    await mkdir(join(other, 'model-registry.yaml'));
    await expect(readProject(other)).rejects.toMatchObject({ code: 'PROJECT_FILE_INVALID' });
  });
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-registry-project-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
