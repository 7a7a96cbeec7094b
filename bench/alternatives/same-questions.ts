// Ours, asked what mlflow_registry.py asks: `same-questions.ts '{"place":…}'`, JSON on stdout.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Registry } from '../../src/registry/api/registry.ts';
import { openRegistry } from '../../src/registry/open.ts';
import { type Queries, queriesSchema } from './questions.ts';

const requestSchema = v.object({ place: v.string(), workerFile: v.string(), runs: v.number(), warmups: v.number() });
const pageSchema = v.object({ items: v.array(v.unknown()) });
const PAGE = 50;

const request = v.parse(requestSchema, JSON.parse(process.argv[2] ?? '{}'));
const queries = v.parse(queriesSchema, JSON.parse(await readFile(join(request.place, 'queries.json'), 'utf8')));
const registry = await openRegistry({
  dir: join(request.place, 'registry'),
  author: { name: 'Ann Lee', email: 'ann@example.org' },
  via: 'cli',
  workerFile: request.workerFile,
  stateDir: join(request.place, 'state'),
});
await registry.rebuild();
const times: Record<string, readonly number[]> = {};
const found: Record<string, readonly number[]> = {};
for (const [name, tasks] of Object.entries(tasksOf(registry, queries))) times[name] = await timesOfEach(name, tasks);
await registry.close();
console.log(JSON.stringify({ times, found }));

function tasksOf(opened: Registry, asked: Queries): Readonly<Record<string, readonly (() => Promise<unknown>)[]>> {
  const search = (query: string) => () => opened.search({ query, limit: PAGE });
  return {
    promote: asked.promote.map(
      ({ model, number }, index) =>
        () =>
          opened.promote({ ref: `${model}@${number}`, stage: 'production', reason: `try ${index}` }),
    ),
    alias: asked.promote.map(
      ({ model, number }) =>
        () =>
          opened.setAlias({ model, alias: 'champion', ref: `${model}@${number}` }),
    ),
    register: asked.register.map(
      ({ file, ...wanted }) =>
        () =>
          opened.register({ ...wanted, paths: [file] }),
    ),
    'search by metric': asked.metric.map((value) => search(`auc>${value}`)),
    'search by two metrics': asked.metric.map((value) => search(`auc>${value} loss<0.1`)),
    'search by param': asked.seed.map((value) => search(`param:seed=${value}`)),
    'search by tag': asked.sweep.map((value) => search(`tag:sweep=${value}`)),
    'search by model and tag': asked.models.map((model) => search(`model:${model} tag:team=risk`)),
    'list a page of a model': asked.models.map((model) => () => opened.listVersions({ model, limit: PAGE })),
    'show a version': asked.promote.map(
      ({ model, number }) =>
        () =>
          opened.show({ ref: `${model}@${number}` }),
    ),
    'what has the alias': asked.models.map((model) => () => opened.show({ ref: `${model}@champion` })),
    'last changes of a model': asked.models.map((model) => () => opened.log({ model, limit: PAGE })),
  };
}

async function timesOfEach(name: string, tasks: readonly (() => Promise<unknown>)[]): Promise<readonly number[]> {
  const taken: number[] = [];
  const counts: number[] = [];
  for (const [index, task] of tasks.slice(0, request.runs).entries()) {
    const startedAt = performance.now();
    const result = await task();
    if (index >= request.warmups) taken.push(performance.now() - startedAt);
    if (name.startsWith('search')) counts.push(v.parse(pageSchema, result).items.length);
  }
  if (counts.length > 0) found[name] = counts;
  return taken;
}
