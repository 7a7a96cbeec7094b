import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { INITIALIZE, startMcp } from './harness/mcp-client.ts';
import { gitProject, plainFolder, REGISTER, type Workspace, writeTraining } from './harness/workspace.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let cli: CommandLine;
let work: Workspace;

beforeAll(async () => {
  cli = await buildCommandLine();
  work = await gitProject();
  await work.write(
    'model-registry.yaml',
    'models:\n  fraud-detector:\n    outputs: [models/fraud]\n    gates:\n      production: [{metric: auc, min: 0.95}]\n',
  );
  const run = (...args: readonly string[]) => cli.json(args, { cwd: work.dir });
  await run('init');
  await run(...REGISTER);
  await run('promote', 'fraud-detector@1', 'production', '--reason', 'First one', '--override');
  await writeTraining(work, { weights: 'second', auc: 0.93 });
  await work.git('add', '.');
  await work.git('commit', '-qm', 'Second model');
  await run(...REGISTER);
});

afterAll(async () => {
  await work.dispose();
  await cli.dispose();
});

const start = (...args: readonly string[]) => startMcp(cli, { cwd: work.dir }, args);

describe('the protocol', () => {
  it('begins with a handshake, lists the tools, calls them, and ends when the input does', async () => {
    const client = start();
    const { result } = await client.request(1, 'initialize', INITIALIZE);
    expect(result).toMatchObject({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'model-registry', version: expect.stringMatching(/^\d/) },
      instructions: expect.stringContaining('never instructions'),
    });
    client.write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    const { result: listed } = await client.request(2, 'tools/list');
    expect(listed?.tools).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'show_version',
          inputSchema: expect.objectContaining({ type: 'object', required: ['ref'], additionalProperties: false }),
          annotations: expect.objectContaining({ readOnlyHint: true }),
        }),
        expect.objectContaining({
          name: 'propose_promotion',
          annotations: expect.objectContaining({ readOnlyHint: false, destructiveHint: false }),
        }),
      ]),
    );
    expect(listed).not.toHaveProperty('resultType');
    const shown = await client.callTool('show_version', { ref: 'fraud-detector@production' });
    expect(shown).toMatchObject({
      isError: false,
      structuredContent: { version: 'fraud-detector@1', stage: 'production', metrics: { auc: 0.912 } },
    });
    expect(shown.content[0].text).toContain('<registry-data>');
    expect(await client.request(3, 'ping')).toEqual({ jsonrpc: '2.0', id: 3, result: {} });
    expect(await client.close()).toEqual({ code: 0, stderr: '' });
  });

  it('speaks the revision that the client speaks, and else its newest', async () => {
    const client = start();
    const versionFor = async (protocolVersion: string) =>
      (await client.request('v', 'initialize', { ...INITIALIZE, protocolVersion })).result?.protocolVersion;
    expect(await versionFor('2024-11-05')).toBe('2024-11-05');
    expect(await versionFor('2025-06-18')).toBe('2025-06-18');
    expect(await versionFor('1999-01-01')).toBe('2025-11-25');
    expect(await client.request('w', 'initialize', {})).toMatchObject({ error: { code: -32602 } });
    await client.close();
  });

  it('needs no handshake where each request says what it speaks', async () => {
    const client = start();
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    expect((await client.request(1, 'server/discover', { _meta })).result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'model-registry' } },
    });
    expect((await client.request(2, 'tools/list', { _meta })).result).toMatchObject({
      resultType: 'complete',
      ttlMs: expect.any(Number),
      cacheScope: 'public',
    });
    const called = await client.request(3, 'tools/call', { _meta, name: 'list_models', arguments: {} });
    expect(called.result).toMatchObject({ resultType: 'complete', isError: false });
    const other = { ..._meta, 'io.modelcontextprotocol/protocolVersion': '2031-01-01' };
    expect((await client.request(4, 'tools/list', { _meta: other })).error).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2031-01-01' },
    });
    const { 'io.modelcontextprotocol/clientCapabilities': _, ...half } = _meta;
    expect((await client.request(5, 'tools/list', { _meta: half })).error?.code).toBe(-32602);
    await client.close();
  });

  it('answers what can’t be meant with errors, and goes on', async () => {
    const client = start();
    expect((await client.request(1, 'tools/list')).error?.code).toBe(-32600);
    client.write('{"jsonrpc":');
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32700 } });
    client.write('{"id":1,"method":"ping"}');
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32600 } });
    client.write(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    expect(await client.next()).toMatchObject({ id: null, error: { code: -32700 } });
    client.write('[]');
    expect(await client.next()).toMatchObject({ error: { code: -32600 } });
    await client.request(2, 'initialize', INITIALIZE);
    expect((await client.request(3, 'resources/list')).error?.code).toBe(-32601);
    expect((await client.request(4, 'tools/call', { name: '__proto__' })).error?.code).toBe(-32602);
    expect((await client.request(5, 'tools/call', { name: 'show_version', arguments: 3 })).error?.code).toBe(-32602);
    client.write('{"jsonrpc":"2.0","id":99,"result":{}}');
    client.write('{"jsonrpc":"2.0","method":"notifications/unheard-of"}');
    client.write('');
    client.write('[{"jsonrpc":"2.0","id":6,"method":"ping"},{"jsonrpc":"2.0","method":"x"},7]');
    expect(await client.next()).toMatchObject([{ id: 6, result: {} }, { error: { code: -32600 } }]);
    expect((await client.close()).code).toBe(0);
  });

  it('doesn’t answer a call that was cancelled, and answers the next one', async () => {
    const client = start();
    await client.request(1, 'initialize', INITIALIZE);
    const call = (id: number, name: string) =>
      JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } });
    const cancel = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 3, reason: 'not needed' },
    });
    client.write(`${call(2, 'list_models')}\n${call(3, 'history')}\n${cancel}\n${call(4, 'in_production')}`);
    expect(await client.next()).toMatchObject({ id: 2 });
    expect(await client.next()).toMatchObject({ id: 4 });
    expect((await client.close()).code).toBe(0);
  });
});

describe('its answers', () => {
  it('tell what is in production, what was, what changed, and why a version isn’t let in', async () => {
    const client = start();
    await client.request(1, 'initialize', INITIALIZE);
    const data = async (name: string, args: object) => (await client.callTool(name, args)).structuredContent;
    expect(await data('in_production', {})).toMatchObject({
      production: [{ version: 'fraud-detector@1', reason: 'First one', aRollbackWouldBringBack: null }],
    });
    expect(await data('in_production', { at: '2020-01-01', model: 'fraud-detector' })).toMatchObject({ stages: [] });
    expect(await data('search_versions', { query: 'auc>0.92' })).toMatchObject({
      versions: [{ version: 'fraud-detector@2' }],
    });
    expect(await data('what_changed', { refs: ['fraud-detector@2'] })).toMatchObject({
      before: { version: 'fraud-detector@1' },
      history: { commitsAdded: { count: 1, commits: [{ subject: 'Second model' }] } },
    });
    expect(await data('check_gates', { ref: 'fraud-detector@2', stage: 'production' })).toMatchObject({
      passesItsGates: false,
      whyNot: [{ measured: '0.93' }],
      inTheStageNow: 'fraud-detector@1',
    });
    expect(await data('history', { limit: 1 })).toMatchObject({ entries: [{ via: 'cli' }], next: expect.any(String) });
    expect(await data('compare_versions', { refs: ['fraud-detector@1', 'fraud-detector@2'] })).toMatchObject({
      metrics: expect.arrayContaining([['auc', 0.912, 0.93]]),
    });
    await client.close();
  });

  it('are errors in words for a model that asked for what isn’t there, or wrongly', async () => {
    const client = start();
    await client.request(1, 'initialize', INITIALIZE);
    const absent = await client.callTool('show_version', { ref: 'nobody@1' });
    expect(absent).toMatchObject({ isError: true });
    expect(absent.content[0].text).toMatch(/^MODEL_NOT_FOUND: /);
    for (const args of [{}, { ref: 7 }, { ref: 'x'.repeat(5000) }, { ref: 'fraud-detector', path: '/etc/passwd' }])
      expect((await client.callTool('show_version', args)).content[0].text).toMatch(/^INPUT_INVALID: /);
    await client.close();
  });

  it('find a registry that is made while the server runs', async () => {
    const empty = await plainFolder();
    const client = startMcp(cli, { cwd: empty.dir });
    await client.request(1, 'initialize', INITIALIZE);
    expect((await client.callTool('list_models', {})).content[0].text).toMatch(/^REGISTRY_NOT_FOUND: /);
    await cli.json(['init'], { cwd: empty.dir });
    expect((await client.callTool('list_models', {})).structuredContent).toEqual({ models: [] });
    await client.close();
    await empty.dispose();
  });
});

describe('a proposal', () => {
  const reason = 'Better by two points of AUC on the same data';

  it('of a promotion becomes a request that names who asks, and moves nothing', async () => {
    const client = start();
    await client.request(1, 'initialize', INITIALIZE);
    const proposed = await client.callTool('propose_promotion', {
      ref: 'fraud-detector@2',
      stage: 'production',
      reason,
    });
    expect(proposed.structuredContent).toMatchObject({
      status: 'requested',
      wouldDisplace: 'fraud-detector@1',
      stageWasChanged: false,
    });
    expect((await client.callTool('list_reviews', {})).structuredContent).toMatchObject({
      reviews: [{ version: 'fraud-detector@2', comment: `${reason} Proposed by tester.` }],
    });
    expect(await cli.json(['show', 'fraud-detector@2'], { cwd: work.dir })).toMatchObject({ stage: 'candidate' });
    await client.close();
  });

  it('starts nothing that the project wants to follow, and leaves standard output to the protocol', async () => {
    await work.write(
      'model-registry.yaml',
      `models:
  fraud-detector:
    outputs: [models/fraud]
    deploy: deploy/fraud
    after:
      - {command: [${JSON.stringify(process.execPath)}, -e, "require('fs').writeFileSync('ran', '')"]}
`,
    );
    const client = startMcp(cli, { cwd: work.dir, env: { MODEL_REGISTRY_AFTER: 'run' } });
    await client.request(1, 'initialize', INITIALIZE);
    const input = { ref: 'fraud-detector@2', stage: 'staging', reason };
    expect((await client.callTool('propose_promotion', input)).structuredContent).toMatchObject({
      status: 'requested',
    });
    expect((await client.callTool('list_reviews', {})).structuredContent).toMatchObject({ total: 2 });
    expect(await client.close()).toEqual({ code: 0, stderr: '' });
    expect(['deploy', 'ran'].filter((name) => existsSync(join(work.dir, name)))).toEqual([]);
  });

  it('of a rollback, and every one of a server that only reads, says what a person would run', async () => {
    const before = await cli.json(['log'], { cwd: work.dir });
    const client = start('--read-only');
    await client.request(1, 'initialize', INITIALIZE);
    const promotion = await client.callTool('propose_promotion', {
      ref: 'fraud-detector@2',
      stage: 'production',
      reason,
    });
    expect(promotion.structuredContent).toMatchObject({
      status: 'not-recorded',
      next: expect.stringContaining("model-registry promote fraud-detector@2 production --reason '…'"),
    });
    const rollback = await client.callTool('propose_rollback', { model: 'fraud-detector', reason });
    expect(rollback.content[0].text).toMatch(/^NOTHING_TO_ROLL_BACK: /);
    expect((await client.callTool('propose_rollback', { model: 'fraud-detector', reason: 'bad' })).isError).toBe(true);
    await client.close();
    expect(await cli.json(['log'], { cwd: work.dir })).toEqual(before);
  });
});
