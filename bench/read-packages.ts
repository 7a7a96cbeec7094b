// A thread that reads the packages of an environment once, as at the start of a run, and tells how long that took.
import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { readPythonEnvironment } from '../src/lineage/python/environment.ts';

const { prefix } = v.parse(v.object({ prefix: v.string() }), workerData);
const times: number[] = [];
for (let round = 0; round < 2; round += 1) {
  const startedAt = performance.now();
  const found = readPythonEnvironment({ root: prefix, prefix });
  times.push(performance.now() - startedAt);
  if (!found || found.packages.length === 0) throw new Error('There are no packages.');
}
parentPort?.postMessage(times);
