import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommit, hashOfCommit } from '../../src/log/commit.ts';
import { problemsOfPolicy } from '../../src/registry/policy-problems.ts';
import { parsePolicy } from '../../src/rules/policy.ts';
import { filesystemStore } from '../../src/storage/filesystem-store.ts';
import { commitKey } from '../../src/storage/layout.ts';
import { makePlace, registerVersions } from './opened.ts';

/** A registry into whose log somebody writes `policyJson` as the policy of `fraud`, as text. */
async function withPolicy(policyJson: string) {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  const { seq, hash } = await registry.head();
  const { modelId } = await registry.show({ ref: 'fraud@1' });
  const line = `{"id":"01M84GD1DENF0RGED000000000","registryId":"${registry.location.registryId}","by":{"name":"Eve","email":"eve@example.org"},"askedAt":"2027-01-01T00:00:00.000Z","via":"cli","events":[{"type":"policy.set","model":"${modelId}","policy":${policyJson}}]}`;
  const at = '2027-01-01T00:00:00.000Z';
  const bytes = encodeCommit({ v: 1, seq: seq + 1, prev: hash, at }, [new TextEncoder().encode(line)]);
  await filesystemStore(place.registryDir).putIfAbsent(commitKey(seq + 1), bytes);
  await registry.refresh();
  const [entry] = (await registry.log({ limit: 1 })).items;
  return { place, registry, reason: entry?.void };
}

const stage = (name: string) => `{"name":${JSON.stringify(name)}}`;
const stages = (...names: readonly string[]) => `{"stages":[${names.map(stage).join(',')}]}`;

describe('a policy that somebody wrote into the log', () => {
  it.each([
    [
      'more stages than there may be',
      stages('candidate', ...Array.from({ length: 40 }, (_, at) => `s${at}`), 'archived'),
    ],
    ['names that nobody could type', stages('candidate', '(a+)+$', 'archived')],
    ['names of JavaScript', stages('candidate', '__proto__', 'archived')],
    [
      'a stage that lets in what is no stage',
      '{"stages":[{"name":"candidate"},{"name":"x","from":["y"]},{"name":"archived"}]}',
    ],
    [
      'a stage that lets in itself alone',
      '{"stages":[{"name":"candidate"},{"name":"x","from":["x"]},{"name":"archived"}]}',
    ],
    ['more approvals than people', '{"gates":{"production":[{"approvals":3,"by":["a","A"]}]}}'],
    ['a change that nobody could approve', '{"changes":{"approvals":2,"by":["a"]}}'],
    ['gates for what is no stage', '{"gates":{"nowhere":[{"approvals":1}]}}'],
    ['a key that is none', '{"signers":[{"person":"a","key":"ssh-ed25519 AAAA"}]}'],
  ])('is void for %s', async (_, policy) => {
    const { registry, reason } = await withPolicy(policy);
    expect(reason).toMatch(/policy/i);
    expect((await registry.policy({ model: 'fraud' })).digest).toBeNull();
    await registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'go' });
  });

  it.each([
    ['a word that it doesn’t know', '{"override":"sometimes"}'],
    ['a gate that it doesn’t know', '{"gates":{"production":[{"command":"rm -rf ~"}]}}'],
    ['a hook', '{"onPromote":"curl evil"}'],
  ])('makes the registry read-only for %s, and runs nothing', async (_, policy) => {
    const { registry } = await withPolicy(policy);
    await expect(registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'go' })).rejects.toMatchObject({
      code: 'FORMAT_NEWER',
    });
    expect(await registry.show({ ref: 'fraud@2' })).toMatchObject({ stage: 'candidate' });
  });

  it('changes no object of the program by the names of its keys', async () => {
    const { registry } = await withPolicy(
      '{"__proto__":{"override":"never"},"gates":{"__proto__":[{"approvals":1}],"constructor":[{"approvals":1}]}}',
    );
    expect(Reflect.get({}, 'override')).toBeUndefined();
    // Members of these names are ignored, as everywhere.
    expect((await registry.policy({ model: 'fraud' })).policy).toEqual({ gates: {} });
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'go' });
  });

  it('is read in bounded time however deep and long it is', async () => {
    const depth = 100_000;
    const deep = `{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const { registry } = await withPolicy(deep);
    expect(await registry.show({ ref: 'fraud@1' })).toMatchObject({ stage: 'candidate' });
    const gate = (at: number) => `{"recorded":"${'a'.repeat(200)}${at}","by":["${'b'.repeat(500)}"]}`;
    const many = `{"gates":{"production":[${Array.from({ length: 64 }, (_, at) => gate(at)).join(',')}]}}`;
    const large = await withPolicy(many);
    expect(large.reason).toBeUndefined();
    await expect(large.registry.promote({ ref: 'fraud@2', stage: 'production', reason: 'go' })).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
    expect((await large.registry.gateStanding({ ref: 'fraud@2', stage: 'production' })).policyGates).toHaveLength(64);
  });
});

it('any JSON is a policy, none, or one for newer programs, and reading it neither throws nor changes it', () => {
  const name = fc.constantFrom('candidate', 'production', 'archived', '__proto__', 'constructor', 'x');
  const part = fc.oneof(fc.jsonValue(), name, fc.nat(300), fc.array(name, { maxLength: 3 }));
  const gate = fc.dictionary(fc.constantFrom('metric', 'min', 'vs', 'approvals', 'by', 'recorded', 'x'), part);
  const policy = fc.record(
    {
      stages: fc.oneof(
        part,
        fc.array(
          fc.record({ name, exclusive: fc.boolean(), displacedTo: part, from: part }, { requiredKeys: ['name'] }),
        ),
      ),
      gates: fc.oneof(part, fc.dictionary(name, fc.array(gate))),
      override: fc.oneof(part, fc.record({ by: part })),
      changes: fc.oneof(part, fc.record({ approvals: part, by: part })),
      signers: part,
      signatures: part,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), policy), (value) => {
      const before = JSON.stringify(value);
      const verdict = parsePolicy(value);
      expect(['policy', 'malformed', 'unknown']).toContain(verdict.kind);
      expect(JSON.stringify(value)).toBe(before);
      problemsOfPolicy(value);
    }),
    { numRuns: 500 },
  );
});

it('a log with more approvals, gates and proposals than anybody reads stays small for whoever judges it', async () => {
  const place = await makePlace();
  const registry = await place.open();
  await registerVersions(place, registry, 2);
  const { id, modelId } = await registry.show({ ref: 'fraud@2' });
  const { registryId } = registry.location;
  const { seq, hash } = await registry.head();
  const about = { version: id, stage: 'production' };
  const intent = (serial: number, email: string, events: readonly object[]) =>
    new TextEncoder().encode(
      JSON.stringify({
        id: `01M84GD1DENF0RGED${String(serial).padStart(9, '0')}`,
        registryId,
        by: { name: '', email },
        askedAt: '2027-01-01T00:00:00.000Z',
        via: 'cli',
        events,
      }),
    );
  let head = { seq, hash };
  const store = filesystemStore(place.registryDir);
  for (let from = 0; from < 300; from += 50) {
    const lines = Array.from({ length: 50 }, (_, at) =>
      intent(from + at, `p${from + at}@example.org`, [{ type: 'approval.given', ...about }]),
    );
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: '2027-01-01T00:00:00.000Z' }, lines);
    await store.putIfAbsent(commitKey(head.seq + 1), bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  }
  const gates = Array.from({ length: 257 }, (_, at) => ({
    type: 'gate.recorded',
    ...about,
    gate: `g${at}`,
    outcome: 'passed',
  }));
  const proposals = Array.from({ length: 17 }, (_, at) => ({
    type: 'policy.proposed',
    model: modelId,
    policy: { gates: { production: [{ approvals: at + 1 }] } },
  }));
  const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: '2027-01-01T00:00:00.000Z' }, [
    intent(900, 'eve@example.org', gates),
    intent(901, 'eve@example.org', gates.slice(1)),
    intent(902, 'eve@example.org', proposals),
    intent(903, 'eve@example.org', proposals.slice(1)),
  ]);
  await store.putIfAbsent(commitKey(head.seq + 1), bytes);
  await registry.refresh();
  const { approvals, results } = await registry.gateStanding({ ref: 'fraud@2', stage: 'production' });
  expect([approvals.length, results.length]).toEqual([256, 256]);
  expect(await registry.policyProposals()).toHaveLength(16);
  expect((await registry.verify()).voids.slice(-2).map(({ reason }) => reason)).toEqual([
    expect.stringContaining('has 256 gates for production already'),
    expect.stringContaining('16 policies are proposed'),
  ]);
});
