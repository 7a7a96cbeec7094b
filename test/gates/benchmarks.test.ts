import { describe, expect, it } from 'vitest';
import type { GateActivity } from '../../src/gates/activity.ts';
import { judgeBenchmark, measureCommand } from '../../src/gates/benchmark.ts';
import { runGates } from '../../src/gates/run-gates.ts';
import { declared, TO_PRODUCTION, withVersions } from './declared.ts';

const node = JSON.stringify(process.execPath);
const canSeeMemory = process.platform === 'linux' || process.platform === 'darwin';

async function ran(gates: string, onActivity?: (activity: GateActivity) => void) {
  const { place, registry } = await withVersions(2);
  const run = { root: place.dir, signal: new AbortController().signal, onActivity };
  const report = await runGates(registry, TO_PRODUCTION, declared(gates), run);
  const evidence = await Promise.all(
    report.links.map(async (link) => JSON.parse(await registry.gateEvidence({ digest: link.evidence }))),
  );
  return { ...report, evidence: evidence.map((statement) => statement.predicate.modelRegistry) };
}

describe('a benchmark', () => {
  it('times a whole program, after the other commands have ended, and keeps the times', async () => {
    const seen: string[] = [];
    const { results, evidence } = await ran(
      `{benchmark: [${node}, -e, "0"], warm-up: 1, repetitions: 2, p50: 1000 s, p95: 0.001 ms}, {command: [${node}, -e, "0"]}`,
      ({ kind, gate }) => seen.push(`${kind} ${gate.split(':')[0]}`),
    );
    expect(seen).toEqual(['started command', 'ended command', 'started benchmark', 'ended benchmark']);
    expect(results).toMatchObject([
      { outcome: 'failed', why: expect.stringMatching(/^p95 is [\d.]+ ms, more than 0\.001 ms$/) },
      { outcome: 'passed' },
    ]);
    expect(evidence[0]?.details).toMatchObject({ count: 2, timesMs: [expect.any(Number), expect.any(Number)] });
    expect(evidence[0]?.details.p50).toBeGreaterThan(1);
  });

  it('takes the times that a program prints, without those of the warm-up', async () => {
    const print = (text: string) => `[${node}, -e, ${JSON.stringify(`console.log('${text}')`)}]`;
    const gate = 'times: printed, warm-up: 1, repetitions: 3, p50: 4 ms';
    const { results } = await ran(
      `{benchmark: ${print('[900, 1, 2, 3]')}, ${gate}}, {benchmark: ${print('{"times_ms": [1, 5, 6, 7]}')}, ${gate}}, {benchmark: ${print('[1, 2, 3]')}, ${gate}}, {benchmark: ${print('{"p50": 3}')}, ${gate}}`,
    );
    expect(results).toMatchObject([
      { outcome: 'passed', measured: 'p50 2 ms, p95 2.9 ms, p99 2.98 ms' },
      { outcome: 'failed', why: 'p50 is 6 ms, more than 4 ms' },
      { outcome: 'failed', why: 'it printed 3 times, too few for 1 of warm-up and 3 that count' },
      { outcome: 'failed', why: expect.stringContaining('no JSON list of milliseconds') },
    ]);
  });

  it.skipIf(!canSeeMemory)('knows how much memory a program and what it starts use', async () => {
    const hold = 'const held = Buffer.alloc(150e6, 1); setTimeout(() => held, 700)';
    const child = `require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(hold)}])`;
    const { results, evidence } = await ran(
      `{benchmark: [${node}, -e, ${JSON.stringify(child)}], warm-up: 0, repetitions: 1, max-memory: 150 MB}, {benchmark: [${node}, -e, "0"], repetitions: 1, max-memory: 4 GB}`,
    );
    expect(results).toMatchObject([
      { outcome: 'failed', why: expect.stringMatching(/^it used \d{9} bytes of memory, more than 150000000$/) },
      { outcome: 'passed', measured: expect.stringMatching(/memory \d+ bytes$/) },
    ]);
    expect(evidence[0]?.details.peakBytes).toBeLessThan(1e9);
  });

  it('fails with the first run that fails', async () => {
    const { results } = await ran(`{benchmark: [${node}, -e, "process.exit(2)"], p50: 1 s}`);
    expect(results).toMatchObject([{ outcome: 'failed', why: 'run 1 of 11: it ended with 2' }]);
  });

  it('has one time limit for all runs', async () => {
    const left: number[] = [];
    const measured = await measureCommand(
      { benchmark: 'x', 'warm-up': 0, repetitions: 3 },
      100,
      async (timeLimitMs) => {
        left.push(timeLimitMs);
        return { exitCode: 0, durationMs: 60 };
      },
    );
    expect(left).toEqual([100, 40]);
    expect(measured).toEqual({ problem: 'its runs took longer than 0.1 seconds in all' });
  });

  it('is at its bounds still within them', () => {
    const gate = { benchmark: 'x', p50: 2, p99: '3 ms', 'max-memory': 1000 };
    expect(judgeBenchmark(gate, { timesMs: [3, 2, 1], peakBytes: 1000 }).outcome).toBe('passed');
    expect(judgeBenchmark(gate, { timesMs: [3, 2, 1], peakBytes: 1001 }).outcome).toBe('failed');
    expect(judgeBenchmark(gate, { timesMs: [3, 2, 1] }).outcome).toBe('failed');
  });
});

describe('a limit of memory', () => {
  it.skipIf(!canSeeMemory)('ends a command that uses more, with all that it started', async () => {
    const eat = 'const held = []; setInterval(() => held.push(Buffer.alloc(10e6, 1)), 5)';
    const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(eat)}], { stdio: 'inherit', detached: true }); setInterval(() => 0, 9)`;
    const { results } = await ran(
      `{command: [${node}, -e, ${JSON.stringify(child)}], memory-limit: 400 MB, time-limit: 60}, {command: [${node}, -e, "0"], memory-limit: 4 GB}`,
    );
    expect(results).toMatchObject([
      { outcome: 'failed', why: 'it used more memory than 400000000 bytes' },
      { outcome: 'passed' },
    ]);
  });
});
