import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseProject, usableProject } from '../../src/project/parse-project.ts';
import type { Recording, Registry } from '../../src/registry/api/registry.ts';
import { type FollowUpActivity, followUp } from '../../src/serving/after/follow-up.ts';
import { signedHeaders } from '../../src/serving/after/signature.ts';
import { makePlace, type Place, registerVersions } from '../registry/opened.ts';
import { openReceiver, type Received } from './receiver.ts';

let certificate: { readonly cert: string; readonly private: string };
let close = () => {};
let origin = '';
let received: Received[] = [];
/** What the server answers, in turn; the last one goes on. */
let answers: RequestListener[] = [];

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(code, headers).end('what the receiver says');

beforeAll(async () => {
  certificate = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  ({ origin, close } = await openReceiver(
    (one, request, response) => {
      received.push(one);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(request, response);
    },
    { cert: certificate.cert, key: certificate.private },
  ));
});
afterAll(() => close());

let place: Place;
let registry: Registry;
let recordings: Recording[] = [];
beforeEach(async () => {
  received = [];
  answers = [status(200)];
  recordings = [];
  place = await makePlace();
  registry = await place.open();
  registry.onDidRecord((recording) => recordings.push(recording));
});
afterEach(() => {
  recordings = [];
});

const EVERYTHING =
  '[registered_model.created, model_version.created, model_version_stage.changed, model_version_tag.set, model_version_tag.deleted, model_version_alias.created, model_version_alias.deleted]';

async function tellAll(
  options: {
    readonly events?: string;
    readonly url?: string;
    readonly more?: string;
    readonly isConfirmed?: boolean;
    readonly secret?: string;
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  } = {},
): Promise<readonly FollowUpActivity[]> {
  const { events = EVERYTHING, url = `${origin}/hook`, more = '', isConfirmed = true, secret, timeoutMs } = options;
  const project = parseProject(
    `models:\n  fraud: {outputs: [models]}\nwebhooks:\n  - {url: "${url}", events: ${events}${more}}\n`,
    'x',
  );
  const activities: FollowUpActivity[] = [];
  for (const recording of recordings) {
    await followUp(recording, {
      registry,
      root: place.dir,
      project,
      mayRun: false,
      mayTell: (asked) => isConfirmed && asked === new URL(url).origin,
      secretOf: async () => secret,
      deploy: async () => undefined,
      signal: options.signal ?? new AbortController().signal,
      onActivity: (activity) => activities.push(activity),
      sending: { ca: certificate.cert, pauseMs: 1, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    });
  }
  return activities;
}

describe('a signature', () => {
  it('says after everything that would have been told that the section can’t be used', async () => {
    await registerVersions(place, registry, 1);
    const project = usableProject('models:\n  fraud: {outputs: [models]}\nwebhooks: [{url: x, events: []}]\n', 'x');
    const [recording] = recordings;
    if (!recording) throw new Error('Nothing was recorded');
    const following = followUp(recording, {
      ...{ registry, root: place.dir, project, mayRun: true, mayTell: () => true, secretOf: async () => undefined },
      ...{ deploy: async () => undefined, signal: new AbortController().signal, onActivity: () => undefined },
    });
    await expect(following).rejects.toMatchObject({ message: expect.stringContaining('no webhook is told') });
  });

  it('is the one that MLflow 3.17 makes of the same', () => {
    // mlflow.webhooks.delivery._generate_hmac_signature('a secret', '0b0f7c9e-1111-4222-8333-944445555666', '1764115200', '{"entity":"model_version"}')
    expect(
      signedHeaders(
        { id: '0b0f7c9e-1111-4222-8333-944445555666', timestamp: 1764115200 },
        '{"entity":"model_version"}',
        'a secret',
      ),
    ).toEqual({
      'X-MLflow-Delivery-Id': '0b0f7c9e-1111-4222-8333-944445555666',
      'X-MLflow-Timestamp': '1764115200',
      'X-MLflow-Signature': 'v1,efZa+U+Noc9/jiOHMIfDyHefub4S+a5toKvh14sLvY8=',
    });
  });
});

describe('webhooks', () => {
  it('tell of models, versions, tags and aliases as MLflow does, and of stages', async () => {
    await registerVersions(place, registry, 2);
    await registry.tag({ ref: 'fraud@1', set: { owner: 'risk' } });
    await registry.tag({ ref: 'fraud@1', remove: ['owner'] });
    await registry.setAlias({ model: 'fraud', alias: 'champion', ref: 'fraud@1' });
    await registry.removeAlias({ model: 'fraud', alias: 'champion' });
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'a private reason' });
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'better' });
    await tellAll();
    const told = received.map(({ body }) => JSON.parse(body));
    const names = told.map(({ entity, action }) => `${entity}.${action}`);
    expect(names).toEqual([
      'registered_model.created',
      'model_version.created',
      'model_version.created',
      'model_version_tag.set',
      'model_version_tag.deleted',
      'model_version_alias.created',
      'model_version_alias.deleted',
      'model_version_stage.changed',
      'model_version_stage.changed',
    ]);
    expect(told.map(({ data }) => data)).toMatchObject([
      { name: 'fraud', tags: {}, description: null },
      { name: 'fraud', version: '1', source: 'models:/fraud/1', run_id: null },
      { version: '2' },
      { name: 'fraud', version: '1', key: 'owner', value: 'risk' },
      { name: 'fraud', version: '1', key: 'owner' },
      { name: 'fraud', alias: 'champion', version: '1' },
      { name: 'fraud', alias: 'champion' },
      { from_stage: 'candidate', to_stage: 'production', kind: 'promote', displaced: [] },
      { version: '2', displaced: [{ version: '1', to_stage: 'archived' }], is_override: false },
    ]);
    const all = received.map(({ body }) => body).join('\n');
    for (const secret of ['private reason', 'Ann', 'ann@example.org', place.dir]) expect(all).not.toContain(secret);
  });

  it('go to those only who asked for them', async () => {
    await registerVersions(place, registry, 1);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'first' });
    await tellAll({ events: '[model_version_stage.changed]', more: ', models: [other]' });
    expect(received).toEqual([]);
    await tellAll({ events: '[model_version_stage.changed]', more: ', models: [fraud]' });
    expect(received).toHaveLength(1);
  });

  it('are signed with the secret, the same at every try', async () => {
    await registry.createModel({ name: 'fraud' });
    answers = [status(500), status(503), status(200)];
    expect(await tellAll({ secret: 'a secret' })).toMatchObject([{ kind: 'told', isSent: true, tries: 3 }]);
    const [first, ...others] = received;
    const id = String(first?.headers['x-mlflow-delivery-id']);
    const timestamp = Number(first?.headers['x-mlflow-timestamp']);
    const expected = signedHeaders({ id, timestamp }, first?.body ?? '', 'a secret')['X-MLflow-Signature'];
    expect(first?.headers['x-mlflow-signature']).toBe(expected);
    for (const { headers, body } of others) {
      expect(headers['x-mlflow-delivery-id']).toBe(id);
      expect(body).toBe(first?.body);
    }
  });

  it('have no signature without a secret', async () => {
    await registry.createModel({ name: 'fraud' });
    await tellAll();
    expect(received[0]?.headers).not.toHaveProperty('x-mlflow-signature');
  });

  it.each([
    ['errors of its own', status(500), 5, 'it answered with 500'],
    ['a refusal', status(403), 1, 'it answered with 403'],
    ['a redirect to another host', status(307, { location: 'http://127.0.0.1:9/' }), 1, 'redirect'],
  ])('are given up after %s', async (_what, answer, tries, why) => {
    await registry.createModel({ name: 'fraud' });
    answers = [answer];
    expect(await tellAll()).toMatchObject([
      { kind: 'told', isSent: false, tries, why: expect.stringContaining(why), event: 'registered_model.created' },
    ]);
    expect(received).toHaveLength(tries);
  });

  it('are given up where nobody answers in time, or at all', async () => {
    await registry.createModel({ name: 'fraud' });
    answers = [() => undefined];
    expect(await tellAll({ timeoutMs: 50 })).toMatchObject([
      { isSent: false, tries: 5, why: 'it didn’t answer in time' },
    ]);
    const closed = createServer();
    await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
    const { port } = closed.address() as AddressInfo;
    await new Promise((done) => closed.close(done));
    expect(await tellAll({ url: `https://127.0.0.1:${port}/` })).toMatchObject([
      { isSent: false, tries: 5, why: 'it can’t be reached (ECONNREFUSED)' },
    ]);
  });

  it('trust no certificate that nobody vouches for', async () => {
    await registry.createModel({ name: 'fraud' });
    const other = await generate([{ name: 'commonName', value: 'other' }]);
    const [recording] = recordings;
    const activities: FollowUpActivity[] = [];
    if (!recording) throw new Error('Nothing was recorded.');
    await followUp(recording, {
      registry,
      root: place.dir,
      project: parseProject(`models: {}\nwebhooks: [{url: "${origin}", events: [registered_model.created]}]`, 'x'),
      mayRun: false,
      mayTell: () => true,
      secretOf: async () => 'a secret',
      deploy: async () => undefined,
      signal: new AbortController().signal,
      onActivity: (activity) => activities.push(activity),
      sending: { ca: other.cert, pauseMs: 1 },
    });
    expect(activities).toMatchObject([{ isSent: false, tries: 1 }]);
    expect(received).toEqual([]);
  });

  it('read nothing of an answer, however long it is', async () => {
    await registry.createModel({ name: 'fraud' });
    answers = [
      (_request, response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65536)));
        };
        response.on('drain', more).on('error', () => undefined);
        response.writeHead(200);
        more();
      },
    ];
    expect(await tellAll()).toMatchObject([{ isSent: true, tries: 1 }]);
  });

  it('send nothing to a host before a person has confirmed it', async () => {
    await registry.createModel({ name: 'fraud' });
    expect(await tellAll({ isConfirmed: false })).toMatchObject([
      { kind: 'host-unconfirmed', host: new URL(origin).host, event: 'registered_model.created' },
    ]);
    expect(received).toEqual([]);
  });

  it('end when they are cancelled', async () => {
    await registry.createModel({ name: 'fraud' });
    const cancel = new AbortController();
    answers = [() => cancel.abort()];
    expect(await tellAll({ signal: cancel.signal })).toMatchObject([{ isSent: false, why: 'it was cancelled' }]);
  });
});
