import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseProject } from '../../src/project/parse-project.ts';
import type { Recording, Registry } from '../../src/registry/api/registry.ts';
import { type FollowUpActivity, followUp } from '../../src/serving/after/follow-up.ts';
import { deploy } from '../../src/serving/deploy.ts';
import { makePlace, type Place, registerVersions } from '../registry/opened.ts';

let place: Place;
let registry: Registry;
let recordings: Recording[] = [];
let root = '';
beforeEach(async () => {
  place = await makePlace();
  registry = await place.open();
  await registerVersions(place, registry, 2);
  recordings = [];
  deployments = [];
  registry.onDidRecord((recording) => recordings.push(recording));
  root = join(place.dir, 'workspace');
  await mkdir(root);
  // What a command is told, and what the files say that it is told of.
  await place.write(
    'workspace/tell.mjs',
    `import { appendFileSync, readFileSync } from 'node:fs';
const { env, argv } = process;
const told = Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('MODEL_REGISTRY_') && !/STATE|SECRET/.test(name)));
const files = readFileSync(env.MODEL_REGISTRY_PATH + '/model.bin', 'utf8');
appendFileSync('told.jsonl', JSON.stringify({ ...told, files, argv: argv.slice(2) }) + '\\n');
console.log('restarted');
`,
  );
});

const node = JSON.stringify(process.execPath);

/** The models that were deployed for commands. */
let deployments: string[] = [];

async function afterwards(
  declared: string,
  { mayRun = true, path = '', name = 'fraud' } = {},
): Promise<readonly FollowUpActivity[]> {
  const project = parseProject(`models:\n  ${name}:\n    outputs: [models]\n    after: ${declared}\n`, 'x');
  const activities: FollowUpActivity[] = [];
  for (const recording of recordings) {
    await followUp(recording, {
      ...{ registry, root, project, mayRun },
      mayTell: () => false,
      secretOf: async () => undefined,
      deploy: async (model) => {
        deployments.push(model);
        return path === '' ? undefined : deploy(registry, { root, model, path });
      },
      signal: new AbortController().signal,
      onActivity: (activity) => activities.push(activity),
    });
  }
  return activities;
}

const told = async (): Promise<readonly Record<string, string>[]> =>
  (await readFile(join(root, 'told.jsonl'), 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const promote = (number: number, stage = 'production') =>
  registry.promote({ ref: `fraud@${number}`, stage, reason: 'asked' });

describe('a command after a transition', () => {
  it('runs in the folder of the project file and is told by variables what happened, with the files of the version', async () => {
    await promote(1);
    await promote(2);
    expect(await afterwards(`[{command: [${node}, tell.mjs, "a b", $HOME]}]`)).toContainEqual({
      kind: 'line',
      label: expect.stringContaining('tell.mjs'),
      text: 'restarted',
    });
    expect(await told()).toMatchObject([
      { MODEL_REGISTRY_VERSION: '1', MODEL_REGISTRY_PREVIOUS: '', files: 'weights 0', argv: ['a b', '$HOME'] },
      {
        MODEL_REGISTRY_MODEL: 'fraud',
        MODEL_REGISTRY_VERSION: '2',
        MODEL_REGISTRY_STAGE: 'production',
        MODEL_REGISTRY_FROM: 'candidate',
        MODEL_REGISTRY_KIND: 'promote',
        MODEL_REGISTRY_PREVIOUS: '1',
        files: 'weights 1',
      },
    ]);
  });

  it('runs once the model is deployed, with the folder that it is deployed to', async () => {
    await promote(1);
    await afterwards(`[{command: [${node}, tell.mjs]}]`, { path: 'deploy/fraud' });
    expect(await told()).toMatchObject([{ MODEL_REGISTRY_PATH: join(root, 'deploy/fraud'), files: 'weights 0' }]);
  });

  it('runs after those transitions only that it is for', async () => {
    await promote(1, 'staging');
    await promote(1);
    await promote(2);
    await registry.rollback({ model: 'fraud', reason: 'complaints' });
    await registry.archive({ ref: 'fraud@1', reason: 'enough' });
    await afterwards(
      `[{command: [${node}, tell.mjs, staging], on: [promote], stage: staging}, {command: [${node}, tell.mjs, back], on: [rollback]}, {command: [${node}, tell.mjs, gone], on: [archive]}, {command: [${node}, tell.mjs, any]}]`,
    );
    expect((await told()).map(({ argv, MODEL_REGISTRY_VERSION }) => `${argv} ${MODEL_REGISTRY_VERSION}`)).toEqual([
      'staging 1',
      'any 1',
      'any 2',
      'back 1',
      'any 1',
      'gone 1',
    ]);
  });

  it('that fails, takes too long or can’t be started is told of, and stops neither the next one nor anything else', async () => {
    await promote(1);
    const activities = await afterwards(
      `[{command: [${node}, -e, "process.exit(3)"]}, {command: [${node}, -e, "setInterval(() => {}, 1000)"], time-limit: 1}, {command: ./absent}, {command: [${node}, tell.mjs]}]`,
    );
    const ended = activities.filter((activity) => activity.kind === 'command-ended');
    expect(ended).toMatchObject([
      { problem: 'it ended with 3' },
      { problem: 'it took longer than 1 seconds' },
      { problem: expect.stringContaining("couldn't be started") },
      { exitCode: 0 },
    ]);
    expect((await registry.production())[0]?.version.number).toBe(1);
    expect(await told()).toHaveLength(1);
  });

  it('doesn’t run before a person has confirmed it', async () => {
    await promote(1);
    expect(await afterwards(`[{command: [${node}, tell.mjs]}]`, { mayRun: false })).toMatchObject([
      { kind: 'command-unconfirmed', model: 'fraud' },
    ]);
    expect(await told()).toEqual([]);
    expect(deployments).toEqual([]);
  });

  it('has the model deployed before it, and no other transition has', async () => {
    await promote(1, 'staging');
    await promote(2);
    await afterwards(`[{command: [${node}, tell.mjs]}]`);
    expect(deployments).toEqual(['fraud']);
  });

  it('is that of a model which the project file names in other capitals', async () => {
    await promote(1);
    await afterwards(`[{command: [${node}, tell.mjs]}]`, { name: 'Fraud' });
    expect(await told()).toMatchObject([{ MODEL_REGISTRY_MODEL: 'fraud' }]);
  });
});
