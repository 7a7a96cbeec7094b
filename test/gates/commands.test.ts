import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { GateActivity } from '../../src/gates/activity.ts';
import { evaluateGates } from '../../src/gates/evaluate-gates.ts';
import { promoteThroughGates } from '../../src/gates/promote.ts';
import { runGates } from '../../src/gates/run-gates.ts';
import type { Place } from '../registry/opened.ts';
import { declared, TO_PRODUCTION, withVersions } from './declared.ts';

const runIn = (place: Place) => ({ root: place.dir, signal: new AbortController().signal });

/** Nobody may have asked yet how it ended: on Linux, such a process is still listed. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform === 'linux' && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

describe('commands of gates', () => {
  const node = JSON.stringify(process.execPath);

  it('run where they are asked for, on the restored files, and are remembered for the same files and gate', async () => {
    const { place, registry } = await withVersions(2);
    await place.write(
      'check.mjs',
      'import { readFileSync } from "node:fs";\nconst { MODEL_REGISTRY_PATH: dir, MODEL_REGISTRY_VERSION: version } = process.env;\nconsole.log("looking");\nconsole.log(JSON.stringify({ version, text: readFileSync(dir + "/model.bin", "utf8") }));\n',
    );
    const gates = declared(`{command: [${node}, check.mjs]}`);
    const before = await evaluateGates(registry, TO_PRODUCTION, gates);
    expect(before.results).toMatchObject([{ outcome: 'not-evaluated', why: 'it hasn’t run' }]);
    await expect(promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
    const report = await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(report.results).toMatchObject([{ outcome: 'passed', measured: 'exit code 0' }]);
    const [link] = report.links;
    const evidence = JSON.parse(await registry.gateEvidence({ digest: link?.evidence ?? '' }));
    expect(evidence.predicate.modelRegistry).toMatchObject({
      exitCode: 0,
      output: { version: '2', text: 'weights 1' },
    });
    // The same once more is no new fact.
    await registry.recordGates({ ...TO_PRODUCTION, found: report.found });
    expect((await registry.log({ limit: 1 })).items[0]?.events).toHaveLength(1);
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([{ outcome: 'passed' }]);
    const changed = declared(`{command: [${node}, check.mjs], time-limit: 5}`);
    expect((await evaluateGates(registry, TO_PRODUCTION, changed)).results).toMatchObject([
      { outcome: 'not-evaluated', why: expect.stringContaining('changed since it ran') },
    ]);
    await registry.promote({ ref: 'fraud@1', stage: 'production', reason: 'meanwhile' });
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([
      { outcome: 'not-evaluated', why: expect.stringContaining('another version is in production') },
    ]);
    await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    await promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, gates);
    // What it was compared with is what it took the place of.
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([{ outcome: 'passed' }]);
  });

  it('get none of the credentials that this program was given', async () => {
    const { place, registry } = await withVersions(2);
    await place.write('check.mjs', 'console.log(JSON.stringify(Object.keys(process.env)));\n');
    const given = ['AZURE_STORAGE_KEY', 'AZURE_STORAGE_SAS_TOKEN', 'MODEL_REGISTRY_WEBHOOK_SECRET_CHAT'];
    for (const name of [...given, 'OF_THEIR_OWN']) vi.stubEnv(name, 'x');
    try {
      const gates = declared(`{command: [${node}, check.mjs]}`);
      const report = await runGates(registry, TO_PRODUCTION, gates, runIn(place));
      const evidence = JSON.parse(await registry.gateEvidence({ digest: report.links[0]?.evidence ?? '' }));
      const { output } = evidence.predicate.modelRegistry;
      expect(output).toEqual(expect.arrayContaining(['OF_THEIR_OWN', 'MODEL_REGISTRY_PATH']));
      expect(given.filter((name) => output.includes(name))).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('fail by their exit code, by taking too long, and where there is no such program', async () => {
    const { place, registry } = await withVersions(2);
    const gates = declared(
      `{command: [${node}, -e, "process.exit(3)"]}, {command: [${node}, -e, "setInterval(() => 0, 9)"], time-limit: 1}, {command: no-such-program-here}`,
    );
    const { results } = await evaluateGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(results).toMatchObject([
      { outcome: 'failed', why: 'it ended with 3' },
      { outcome: 'failed', why: 'it took longer than 1 seconds' },
      { outcome: 'failed', why: expect.stringContaining("couldn't be started") },
    ]);
  });

  it('are no text for a shell, whatever they and the model are called', async () => {
    const { place, registry } = await withVersions(2);
    const gates = declared(
      `{command: '"${process.execPath}" -e "process.exit(process.argv.length - 1)" ; touch $HOME x && y'}`,
    );
    const { results } = await evaluateGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(results).toMatchObject([{ measured: 'exit code 6' }]);
  });

  it('end when they are cancelled, and nothing is recorded', async () => {
    const { place, registry } = await withVersions(2);
    const abort = new AbortController();
    const before = await place.files();
    const pids: number[] = [];
    const onActivity = (activity: GateActivity) => {
      if (activity.kind !== 'line') return;
      pids.push(Number(activity.text));
      if (pids.length === 2) abort.abort();
    };
    // One of its own, in another group of processes than the test.
    const gates = declared(
      `{command: [${node}, -e, "const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => 0, 9)']); console.log(process.pid); console.log(c.pid); setInterval(() => 0, 9)"]}`,
    );
    const run = { root: place.dir, signal: abort.signal, onActivity };
    await expect(runGates(registry, TO_PRODUCTION, gates, run)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await vi.waitFor(() => {
      for (const pid of pids) expect(hasEnded(pid)).toBe(true);
    });
    expect(await place.files()).toEqual(before);
    await expect(runGates(registry, TO_PRODUCTION, gates, run)).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
  });

  it('run at once as far as they may, each told of as it comes', async () => {
    const { place, registry } = await withVersions(2);
    // Each waits for what the other one writes, so that one after the other they would wait for ever.
    const wait = (own: string, other: string) =>
      `const fs = require('fs'); fs.writeFileSync('${own}', ''); console.log('${own} waits'); const t = setInterval(() => { if (fs.existsSync('${other}')) clearInterval(t); }, 5)`;
    const gates = declared(
      `{command: [${node}, -e, ${JSON.stringify(wait('a', 'b'))}], time-limit: 60}, {command: [${node}, -e, ${JSON.stringify(wait('b', 'a'))}], time-limit: 60}`,
    );
    const seen: string[] = [];
    const onActivity = (activity: GateActivity) =>
      seen.push(
        activity.kind === 'line' ? activity.text : `${activity.kind} ${'outcome' in activity ? activity.outcome : ''}`,
      );
    const { results } = await runGates(registry, TO_PRODUCTION, gates, { ...runIn(place), onActivity, atOnce: 2 });
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed']);
    expect(seen.toSorted()).toEqual(['a waits', 'b waits', 'ended passed', 'ended passed', 'started ', 'started ']);
  });

  it('don’t run again while files, gate and the version in the stage are the same, unless they are asked to', async () => {
    const { place, registry } = await withVersions(3);
    const gates = declared(`{command: [${node}, -e, "require('fs').appendFileSync('runs', 'x'); process.exit(1)"]}`);
    const runs = async () => (await readFile(join(place.dir, 'runs'), 'utf8')).length;
    const ran = await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(ran.results).toMatchObject([{ outcome: 'failed' }]);
    expect(ran.results[0]).not.toHaveProperty('isFromBefore');
    const again = await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(again.results).toMatchObject([{ outcome: 'failed', why: 'it ended with 1', isFromBefore: true }]);
    expect(again.links).toEqual([]);
    expect(await runs()).toBe(1);
    await runGates(registry, TO_PRODUCTION, gates, { ...runIn(place), isAgain: true });
    expect(await runs()).toBe(2);
    await registry.promote({ ref: 'fraud@3', stage: 'production', reason: 'meanwhile' });
    await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(await runs()).toBe(3);
  });

  it('run again when a script that they name has changed, and nobody promotes on what the old one said', async () => {
    const { place, registry } = await withVersions(2);
    await place.write('check.mjs', 'process.exit(0);\n');
    const gates = (model: string) => ({ ...declared(`{command: [${node}, ./check.mjs]}`)(model), root: place.dir });
    await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([{ outcome: 'passed' }]);
    await place.write('check.mjs', 'process.exit(1);\n');
    expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([
      { outcome: 'not-evaluated', why: expect.stringContaining('./check.mjs was changed since it ran') },
    ]);
    await expect(promoteThroughGates(registry, { ...TO_PRODUCTION, reason: 'go' }, gates)).rejects.toMatchObject({
      code: 'GATE_FAILED',
    });
    const { results } = await runGates(registry, TO_PRODUCTION, gates, runIn(place));
    expect(results).toMatchObject([{ outcome: 'failed', why: 'it ended with 1' }]);
  });

  it('never bring a secret that they print into the registry', async () => {
    const { place, registry } = await withVersions(2);
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    const gates = declared(`{command: [${node}, -e, "console.log(JSON.stringify({token: '${secret}'}))"]}`);
    const { found } = await evaluateGates(registry, TO_PRODUCTION, gates, runIn(place));
    await registry.recordGates({ ...TO_PRODUCTION, found });
    for (const [, bytes] of await place.files())
      expect(Buffer.from(bytes, 'base64').toString('latin1')).not.toContain(secret);
  });

  it('aren’t believed where the evidence isn’t theirs', async () => {
    const { registry } = await withVersions(2);
    const gates = declared(`{command: "python validate.py"}`);
    const gate = 'command: python validate.py';
    for (const evidence of [{}, { _type: 'https://in-toto.io/Statement/v1', subject: 'all' }]) {
      await registry.recordGates({ ...TO_PRODUCTION, found: [{ gate, outcome: 'passed', evidence }] });
      expect((await evaluateGates(registry, TO_PRODUCTION, gates)).results).toMatchObject([
        { outcome: 'not-evaluated', why: expect.stringContaining('isn’t the evidence of a gate') },
      ]);
    }
  });
});
