import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RegistryConnection } from '../../../src/extension/registries/registry-connection.ts';
import { openRegistry } from '../../../src/registry/open.ts';
import type { DeploymentState, RegistryThreadEvent } from '../../../src/workers/registry-messages.ts';
import { buildInto } from '../../cli/harness/build.ts';
import { openReceiver } from '../../serving/receiver.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let built = '';
beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'model-registry-worker-'));
  await buildInto(built, { worker: 'src/workers/main.ts' });
  await writeFile(
    join(built, 'mortal.js'),
    `const { existsSync, rmSync } = require('node:fs');
setInterval(() => {
  if (!existsSync(process.env.ENDS_WITH)) return;
  rmSync(process.env.ENDS_WITH);
  process.exit(1);
}, 20).unref();
require('./worker.js');
`,
  );
});
afterAll(() => rm(built, { recursive: true, force: true }));

let root = '';
let dir = '';
let connection: RegistryConnection;
let events: RegistryThreadEvent[] = [];
let lookAgain = () => {};
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let told: { readonly signature: unknown; readonly entity: string }[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'model-registry-follow-ups-'));
  vi.stubEnv('MODEL_REGISTRY_STATE_DIR', join(root, 'state'));
  dir = join(root, '.model-registry');
  events = [];
  told = [];
  receiver = await openReceiver(({ headers, body }, _request, response) => {
    told.push({ signature: headers['x-mlflow-signature'], entity: JSON.parse(body).entity });
    response.writeHead(200).end();
  });
  const node = JSON.stringify(process.execPath);
  await writeFile(
    join(root, 'model-registry.yaml'),
    `models:
  churn:
    outputs: [out]
    deploy: deploy/churn
    after: [{command: [${node}, -e, "console.log('served ' + process.env.MODEL_REGISTRY_VERSION)"]}]
    gates:
      production: [{command: [${node}, -e, "console.log('gate'); setInterval(() => {}, 1000)"]}]
webhooks: [{url: "${receiver.origin}/hook", events: [model_version_stage.changed], name: ci}]
`,
  );
  connection = new RegistryConnection({
    ...{ dir, root, workerFile: join(built, 'mortal.js'), restartMs: 10 },
    environment: () => ({ ...process.env, ENDS_WITH: join(root, 'end') }),
    onEvent(event) {
      events.push(event);
      lookAgain();
    },
    onStopped: () => undefined,
  });
  await connection.make();
  await mkdir(join(root, 'files'));
  for (const number of [1, 2, 3]) {
    await writeFile(join(root, 'files/model.bin'), `weights ${number}`);
    await connection.registry.register({ model: 'churn', paths: [join(root, 'files/model.bin')] });
  }
});
afterEach(async () => {
  await connection.close();
  receiver.close();
  await rm(root, { recursive: true, force: true, maxRetries: 5 });
});

/** Waits for an event that came after `from` others. */
async function sees(isWanted: (event: RegistryThreadEvent) => boolean, from = 0): Promise<RegistryThreadEvent> {
  return new Promise((done) => {
    lookAgain = () => {
      const found = events.slice(from).find(isWanted);
      if (found) done(found);
    };
    lookAgain();
  });
}

const has =
  (number: number, state: DeploymentState['state'] = 'deployed') =>
  (event: RegistryThreadEvent) =>
    event.kind === 'deployment' &&
    event.deployment.state === state &&
    event.deployment.isBusy !== true &&
    event.deployment.wanted?.number === number;
const promote = (number: number) =>
  connection.registry.promote({ ref: `churn@${number}`, stage: 'production', reason: 'asked' });
const deployed = () => readFile(join(root, 'deploy/churn/model.bin'), 'utf8');

describe('a workspace folder that is kept up', () => {
  it('has what is in production, also after transitions that others ask for, and runs commands only for its own', async () => {
    await promote(1);
    await connection.keepUp(root, {});
    await sees(has(1));
    expect(await deployed()).toBe('weights 1');
    await promote(2);
    await sees(has(2));
    expect(await deployed()).toBe('weights 2');
    await sees((event) => event.kind === 'followUp' && event.activity.kind === 'command-ended');
    const other = await openRegistry({ dir, author: { name: 'Bob', email: '' }, via: 'cli' });
    await other.promote({ ref: 'churn@3', stage: 'production', reason: 'elsewhere' });
    await other.close();
    await sees(has(3));
    expect(await deployed()).toBe('weights 3');
    await connection.endKeepUp(root);
    const lines = events.flatMap((event) =>
      event.kind === 'followUp' && event.activity.kind === 'line' ? [event.activity.text] : [],
    );
    expect(lines).toEqual(['served 2']);
  });

  it('is rolled back while a gate runs for the same model, which goes on', async () => {
    await promote(1);
    await promote(2);
    await connection.keepUp(root, {});
    await sees(has(2));
    const cancel = new AbortController();
    const lines: string[] = [];
    const started = new Promise<void>((done, fail) => {
      void connection
        .runGates(
          { roots: [root], ref: 'churn@3', stage: 'production' },
          (activity) => {
            if (activity.kind === 'line') {
              lines.push(activity.text);
              done();
            }
          },
          { signal: cancel.signal },
        )
        .then(() => fail(new Error('The gate ended.')), fail);
    });
    await started;
    await connection.registry.rollback({ model: 'churn', reason: 'complaints' });
    await sees(has(1));
    expect(await deployed()).toBe('weights 1');
    expect(lines).toEqual(['gate']);
    cancel.abort();
  });

  it('is kept up by another thread, without being asked, when the one that did it stopped', async () => {
    await promote(1);
    await connection.keepUp(root, {});
    await sees(has(1));
    await writeFile(join(root, 'end'), '');
    await sees(({ kind }) => kind === 'stopped');
    const other = await openRegistry({ dir, author: { name: 'Bob', email: '' }, via: 'cli' });
    await other.promote({ ref: 'churn@2', stage: 'production', reason: 'elsewhere' });
    await other.close();
    await sees(has(2));
    expect(await deployed()).toBe('weights 2');
  });

  it('tells webhooks once this person has allowed it, signed with the secret that the editor keeps', async () => {
    await connection.keepUp(root, { ci: 'a secret' });
    await promote(1);
    await sees((event) => event.kind === 'followUp' && event.activity.kind === 'host-unconfirmed');
    expect(told).toEqual([]);
    const [webhook] = await connection.webhooks(root);
    expect(webhook).toMatchObject({ key: 'ci', hasEnvironmentSecret: false });
    expect(webhook).not.toHaveProperty('answer');
    await connection.answerHost(root, 'https://elsewhere.example.com', 'yes');
    await connection.answerHost(root, webhook?.origin ?? '', 'yes');
    expect(await connection.webhooks(root)).toMatchObject([{ answer: 'yes' }]);
    await promote(2);
    await sees((event) => event.kind === 'followUp' && event.activity.kind === 'told');
    expect(told).toEqual([{ signature: expect.stringMatching(/^v1,/), entity: 'model_version_stage' }]);
  });

  it('says what is in the way of deploying, leaves the promotion, and deploys when a person asks again', async () => {
    await connection.keepUp(root, {});
    await mkdir(join(root, 'deploy/churn'), { recursive: true });
    await writeFile(join(root, 'deploy/churn/mine.txt'), 'mine');
    await promote(1);
    await sees((event) => event.kind === 'deployment' && event.deployment.problem?.includes('left alone') === true);
    expect((await connection.registry.production())[0]?.version.number).toBe(1);
    await rm(join(root, 'deploy/churn'), { recursive: true });
    await connection.deployNow({ root });
    expect(await deployed()).toBe('weights 1');
  });

  it('leaves files alone that were changed in place, until somebody asks or the next version comes', async () => {
    await promote(1);
    await connection.keepUp(root, {});
    await sees(has(1));
    await writeFile(join(root, 'deploy/churn/model.bin'), 'weights X');
    const from = events.length;
    await connection.registry.note({ ref: 'churn@1', text: 'looked at' });
    await sees(has(1, 'changed'), from);
    expect(await deployed()).toBe('weights X');
    await promote(2);
    await sees(has(2), from);
    expect(await deployed()).toBe('weights 2');
  });
});
