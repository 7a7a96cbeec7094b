import { describe, expect, it } from 'vitest';
import type { Lineage } from '../../src/catalog/read-models/lineage.ts';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { PageData, PageKind } from '../../src/extension/messages/page-data.ts';
import type { ReviewGate } from '../../src/extension/messages/review.ts';
import { numberText } from '../../src/gates/verdict.ts';
import { frozenGroups } from '../../src/modelfiles/tensors/frozen-groups.ts';
import type { TensorDifference } from '../../src/modelfiles/tensors/tensor-difference.ts';
import type { OpenOptions } from './harness.ts';
import { screens } from './screens.ts';

/** Pages of nothing, of a failure, or of what never comes have nothing that could agree. */
const WITHOUT_DATA = ['empty', 'error', 'loading'];

interface State<K extends PageKind> {
  readonly name: string;
  readonly state: Omit<OpenOptions<K>, 'kind'>;
  readonly data: PageData[K];
}

/** Each state of a page, as it is when it is opened: some fail when they are asked once more. */
async function readStates<K extends PageKind>(kind: K): Promise<readonly State<K>[]> {
  const all = Object.entries<Omit<OpenOptions<K>, 'kind'>>(screens[kind]);
  const known = all.filter(([name]) => !WITHOUT_DATA.includes(name));
  return Promise.all(known.map(async ([name, state]) => ({ name, state, data: await state.data() })));
}

const pages = {
  version: await readStates('version'),
  comparison: await readStates('comparison'),
  changes: await readStates('changes'),
  graph: await readStates('graph'),
  review: await readStates('review'),
  model: await readStates('model'),
  modelFile: await readStates('modelFile'),
};

/** What a state answers, or undefined where it has no answer, or its answer is that it failed. */
async function answerOf<T>(ask: (() => Promise<T>) | undefined): Promise<T | undefined> {
  return ask?.().catch(() => undefined);
}

const allOfIt = { offset: 0, limit: 1_000_000, isDescending: false, filter: '' } as const;

describe('what the pictures of a version show', () => {
  it('has gates in every stage in which it is told that some were overridden', async () => {
    for (const { name, state, data } of pages.version) {
      const overridden = data.version.transitions.filter(({ isOverride }) => isOverride).map(({ to }) => to);
      const isFailing = name === 'parts failed' || state.isLeftWaiting === true;
      const stages = (await answerOf(() => state.versionGates?.({}) ?? Promise.resolve({ stages: [] })))?.stages ?? [];
      const withGates = stages.filter(({ gates }) => gates.length > 0).map(({ stage }) => stage);
      if (!isFailing) expect(withGates, name).toEqual(expect.arrayContaining(overridden));
    }
  });

  it('has the trend of its metrics where a version is as it mostly is', () => {
    expect(screens.version.typical.trends).not.toEqual(undefined);
  });

  it('says of its files what they are', async () => {
    for (const { name, state, data } of pages.version) {
      const { version } = data;
      const facts = (await answerOf(state.facts))?.facts;
      if (name === 'extreme' || name === 'hostile') continue;
      const { artifact, files = [] } = version;
      expect([files.length, sum(files.map(({ sizeBytes }) => sizeBytes))], name).toEqual([
        artifact.fileCount,
        artifact.sizeBytes,
      ]);
      expect({ format: version.facts?.format, of: version.facts?.parameterCount }, name).toEqual(
        facts ? { format: facts.format, of: facts.parameterCount } : {},
      );
      expect(version.facts?.danger, name).toBe(facts?.danger?.verdict);
      const named = [...(facts?.danger?.findings ?? [])].map(({ path }) => path);
      expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(named));
    }
  });
});

describe('the tensors in a picture', () => {
  it('are as many and as large as is said above them, and fit into their file', async () => {
    const ofVersions = await Promise.all(
      pages.version.map(async ({ name, state, data }) => ({
        name,
        facts: (await answerOf(state.facts))?.facts,
        tensors: state.tensors,
        sizeBytes: data.version.artifact.sizeBytes,
      })),
    );
    const ofFiles = pages.modelFile.map(({ name, state, data }) => ({
      name,
      facts: data.facts,
      tensors: state.tensors,
      sizeBytes: data.sizeBytes,
    }));
    for (const { name, facts, tensors, sizeBytes } of [...ofVersions, ...ofFiles]) {
      if (!tensors || !facts) continue;
      const { rows } = tensors({ ...allOfIt, sort: 'name' });
      const elements = sum(rows.map((row) => row.elements));
      expect(rows.length, name).toBe(facts.tensorCount);
      expect(sum(facts.dtypes.map((dtype) => dtype.elements)), name).toBe(elements);
      if (name !== 'extreme') expect(facts.parameterCount, name).toBe(elements);
      expect(sum(rows.map((row) => row.sizeBytes ?? 0)), name).toBeLessThanOrEqual(sizeBytes);
    }
  });

  it('are in the file that the page is of', async () => {
    for (const { name, data } of pages.modelFile) {
      const paths = (data.facts?.danger?.findings ?? []).map(({ path }) => path);
      if (name !== 'extreme') expect(new Set(paths), name).toEqual(new Set([data.name]));
      expect(data.path.endsWith(data.name), name).toBe(true);
    }
  });

  it('are changed or not as the counts, the frozen parts and the problems above them say', async () => {
    const { compareTensors, comparedTensors } = screens.comparison.tensors ?? {};
    const answer = await compareTensors?.({});
    const rows = comparedTensors?.({ ...allOfIt, sort: 'name' }).rows ?? [];
    expect(countsOf(rows)).toEqual(
      Object.fromEntries(Object.entries(answer?.counts ?? {}).filter(([, count]) => count > 0)),
    );
    expect(answer?.frozen).toEqual(frozenGroups(rows));
    const unknown = rows.filter(({ kind }) => kind === 'unknown').map(({ name }) => name);
    expect(answer?.problems.map((problem) => problem.split(' ')[0])).toEqual(unknown);
  });
});

describe('the gates in a picture', () => {
  it('measured what the version has, and let nothing through that the page says otherwise of', async () => {
    for (const { name, state, data } of pages.version) {
      const answer = await answerOf(() => state.versionGates?.({}) ?? Promise.resolve({ stages: [] }));
      for (const { gates } of answer?.stages ?? []) {
        expectMeasured(gates, data.version.metrics, name);
        expectClean(gates, data.version.lineage, name);
      }
    }
    for (const { name, state, data } of pages.review) {
      if (name === 'running') continue;
      const gates = (await answerOf(state.gates))?.gates ?? [];
      expectMeasured(gates, data.version.metrics, name);
      expectClean(gates, data.version.lineage, name);
    }
    for (const { name, state, data } of pages.comparison)
      for (const [column, version] of data.versions.entries()) {
        for (const row of data.metrics)
          expect([row.name, row.values[column]], name).toEqual([row.name, version.metrics[row.name] ?? null]);
        const answer = await state.versionGates?.({ versionId: version.id });
        for (const { gates } of answer?.stages ?? []) expectMeasured(gates, version.metrics, name);
      }
  });
});

describe('what changed, in a picture', () => {
  it('is the difference of the two versions', async () => {
    const ofReviews = pages.review.flatMap(({ name, data }) => {
      const { version, other, changes } = data;
      if (!changes) return [];
      expect([changes.before.id, changes.after.id], name).toEqual([other?.version.id, version.id]);
      return [{ name: `review, ${name}`, data: changes }];
    });
    for (const { name, data } of [...pages.changes, ...ofReviews]) {
      const { before, after, metrics, params } = data;
      for (const row of metrics)
        expect(row.values, name).toEqual([before.metrics[row.name] ?? null, after.metrics[row.name] ?? null]);
      for (const row of params)
        expect(row.values, name).toEqual([before.params[row.name] ?? null, after.params[row.name] ?? null]);
      for (const { kind, before: was, after: is } of data.data)
        expect([kind, was !== undefined, is !== undefined], name).toEqual([kind, kind !== 'added', kind !== 'removed']);
    }
  });

  it('lists as many commits and files as there are, up to where the registry ends its lists', async () => {
    for (const { name, state } of pages.changes) {
      const between = await answerOf(state.codeBetween);
      if (!between) continue;
      const { added, removed, files, fileCount, missing } = between;
      for (const { commits, count } of [added, removed]) expect(commits.length, name).toBe(Math.min(count, 1000));
      expect(files.length, name).toBe(Math.min(fileCount, 2000));
      if (files.length < fileCount)
        expect(missing.join(), name).toContain(`first ${files.length.toLocaleString('en')} changed files`);
      const hashes = [...added.commits, ...removed.commits].map(({ commit }) => commit);
      expect(new Set(hashes).size, name).toBe(hashes.length);
    }
  });
});

describe('a lineage graph in a picture', () => {
  it('shows no more than the registry draws, and counts the rest', async () => {
    for (const { name, data } of pages.graph) {
      const { graph, impact } = data;
      const subject = graph.nodes.find(({ id }) => id === graph.subject);
      expect(subject?.label, name).toBe(impact.subject.name);
      const ids = graph.nodes.map(({ id }) => id);
      expect(new Set(ids).size, name).toBe(ids.length);
      expect(ids, name).toEqual(expect.arrayContaining(graph.edges.flatMap(({ from, to }) => [from, to])));
      expect(ids.length, name).toBeLessThanOrEqual(80);
      const into = graph.edges.filter(({ from }) => from === graph.subject).map(({ to }) => to);
      const direct = graph.nodes.filter(({ id, kind }) => into.includes(id) && kind === 'version');
      const more = graph.nodes.find(({ id, kind }) => into.includes(id) && kind === 'more')?.label ?? '0 more';
      const hidden = Number(more.replace(' more', '').replaceAll(',', ''));
      expect(direct.length, name).toBeLessThanOrEqual(12);
      expect(direct.length + hidden, name).toBeLessThanOrEqual(impact.total);
      expect(sum(impact.stages.map(({ count }) => count)), name).toBe(impact.total);
      expect(impact.items.length, name).toBe(Math.min(impact.total, 100));
      const listed = new Map(impact.items.map((item) => [item.version.id, item]));
      for (const { id, label, stage } of direct) {
        const item = listed.get(id);
        expect(item, name).toMatchObject({ isDirect: true, version: { pending: false, ...(stage ? { stage } : {}) } });
        expect(`${item?.version.model}@${item?.version.number}`, name).toBe(label);
      }
      const labels = graph.nodes.map(({ label }) => label);
      for (const { through } of impact.items) if (through !== undefined) expect(labels, name).toContain(through);
    }
  });
});

describe('a model in a picture', () => {
  it('has the same versions in its counts, its chart, its table, its selection and its history', async () => {
    for (const { name, state, data } of pages.model) {
      const { model, plot, tenures, metric = '' } = data;
      if (!plot) throw new Error(`${name} has no chart.`);
      expect([sum(model.stageCounts.map(({ count }) => count)), plot.total + plot.without], name).toEqual([
        model.versions,
        model.versions,
      ]);
      const byNumber = new Map(plot.points.map((point) => [point[2], point]));
      const stageOf = (number: number) => plot.stages[byNumber.get(number)?.[3] ?? -1];
      for (const { number, until, isDeleted } of tenures.items) {
        if (isDeleted) expect(stageOf(number), name).toBe(undefined);
        else if (until === undefined) expect(stageOf(number), name).toBe('production');
        else expect(stageOf(number), name).not.toBe('production');
      }
      for (const version of [model.latest, model.production])
        if (version) expectPlotted(version, { metric, byNumber, stageOf }, name);
      expect(model.latest?.number, name).toBe(Math.max(...byNumber.keys()));
      for (const number of [...byNumber.keys()].slice(-3)) {
        const glance = await answerOf(async () => state.model?.glance?.({ number }, {}));
        if (glance?.version) expectPlotted(glance.version, { metric, byNumber, stageOf }, name);
      }
      const box = { across: pair(21, 39), upright: pair(0.9, 0.96) };
      const question = { metric, across: { kind: 'number' as const }, isLowerBetter: false, box };
      const found = await answerOf(async () => state.model?.plotted?.(question, {}));
      const inside = plot.points.filter(([x, y]) => x >= 21 && x <= 39 && y >= 0.9 && y <= 0.96);
      expect(found !== undefined, name).toBe(name === 'selection');
      if (!found) continue;
      expect(found.total, name).toBe(inside.length);
      for (const version of found.items) expectPlotted(version, { metric, byNumber, stageOf }, name);
      const values = found.items.map(({ metrics }) => Number(metrics[metric]));
      expect(values, name).toEqual(values.toSorted((a, b) => b - a));
      expect(found.items.length, name).toBe(Math.min(50, inside.length));
    }
  });

  it('has no version in production before it was registered, and as many as there were then', async () => {
    const { data } = pages.model.find(({ name }) => name === 'selection') ?? {};
    const { model } = screens.model.selection ?? {};
    for (const { number, since, newestThen, isDeleted } of data?.tenures.items ?? []) {
      const createdAt = async (of: number) => (await model?.glance?.({ number: of }, {}))?.version?.createdAt ?? '';
      if (!isDeleted) expect((await createdAt(number)) < since).toBe(true);
      expect([(await createdAt(newestThen)) < since, (await createdAt(newestThen + 1)) > since]).toEqual([true, true]);
    }
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function countsOf(rows: readonly TensorDifference[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of rows) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function expectMeasured(gates: readonly ReviewGate[], metrics: VersionSummary['metrics'], name: string): void {
  for (const { title, measured, outcome } of gates) {
    const value = Object.hasOwn(metrics, title) ? metrics[title] : undefined;
    if (value === undefined || (outcome === 'not-evaluated' && measured === '')) continue;
    expect([title, shown((measured.split(',')[0] ?? '').replaceAll('−', '-'))], name).toEqual([title, shown(value)]);
  }
}

/** As gates write it. */
function shown(value: string | number): string {
  return Number.isFinite(Number(value)) ? numberText(Number(value)) : String(value);
}

/** Nobody reads of uncommitted changes beside a gate that found none. */
function expectClean(gates: readonly ReviewGate[], { code }: Lineage, name: string): void {
  const isDirty = code?.isDirty === true || code?.submodules?.some((submodule) => submodule.isDirty) === true;
  for (const { required, outcome } of gates)
    if (isDirty && /\bclean\b/.test(required)) expect(outcome, name).not.toBe('passed');
}

function pair(from: number, to: number): [number, number] {
  return [from, to];
}

interface Chart {
  readonly metric: string;
  readonly byNumber: ReadonlyMap<number, readonly number[]>;
  readonly stageOf: (number: number) => string | undefined;
}

/** A version as its point in the chart is. */
function expectPlotted(
  { number, stage, metrics }: VersionSummary,
  { metric, byNumber, stageOf }: Chart,
  name: string,
): void {
  expect([number, stage, metrics[metric]], name).toEqual([number, stageOf(number), byNumber.get(number)?.[1]]);
}
