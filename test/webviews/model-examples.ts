import type { ModelOverview } from '../../src/catalog/read-models/models.ts';
import type { Plot, PlotBox } from '../../src/catalog/read-models/plot.ts';
import type { TenureEntry } from '../../src/catalog/read-models/stages.ts';
import type { VersionSummary } from '../../src/catalog/read-models/versions.ts';
import type { ModelPageData } from '../../src/extension/messages/page-data.ts';
import { idOf, versionSummary } from './examples.ts';

export const modelId = '01JC0000000000000000000001';
const ada = { name: 'Ada Lovelace', email: 'ada@example.org' };
const grace = { name: 'Grace Hopper', email: 'grace@example.org' };

/** A day of 2026, counted from its first. */
export function day(number: number): string {
  return new Date(Date.UTC(2026, 0, number, 9)).toISOString();
}

/** A metric that grows over the versions, with a fall now and then. */
function aucOf(number: number, count: number): number {
  return 0.8 + 0.15 * (1 - Math.exp(-number / (count / 3))) - (number % 7 === 0 ? 0.05 : 0) + (number % 3) / 200;
}

const deleted = [5];
const withoutValue = [4, 11, 24];

/** As many versions, of which some have no value and one was deleted: the last but two is in production, the next in staging. */
export function plotOf(count: number, overrides: Partial<Plot> = {}): Plot {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const points = numbers
    .filter((number) => ![...deleted, ...withoutValue].includes(number))
    .map((number) => {
      const isArchived = number % 10 === 0 && number < count - 2;
      const stage = number === count - 2 ? 2 : number === count - 1 ? 3 : isArchived ? 0 : 1;
      return [number, aucOf(number, count), number, stage] as const;
    });
  return {
    points,
    stages: ['archived', 'candidate', 'production', 'staging'],
    total: points.length,
    without: withoutValue.filter((number) => number <= count).length,
    ...overrides,
  };
}

/** Days on which versions were registered; those between came evenly. */
const registered = [
  [1, 1],
  [6, 19],
  [22, 89],
  [31, 199],
  [36, 279],
  [39, 299],
  [40, 324],
] as const;

function dayOf(number: number): number {
  const next = Math.max(
    1,
    registered.findIndex(([known]) => known >= number),
  );
  const [before, after] = [registered[next - 1], registered[next]];
  if (!before || !after) throw new Error(`Nobody says when ${number} was registered.`);
  return before[1] + ((number - before[0]) / (after[0] - before[0])) * (after[1] - before[1]);
}

/** A version of the model as its point in the chart is. */
export function plottedVersion(number: number, plot = plotOf(40)): VersionSummary {
  const point = plot.points.find((other) => other[2] === number);
  const createdAt = day(dayOf(number));
  const tenure = tenuresOf().find((other) => other.number === number);
  const by = number % 4 === 0 && number < 40 ? grace : ada;
  return versionSummary(number, {
    ...{ createdAt, createdBy: by, stageSince: createdAt, stageBy: by },
    ...(tenure ? { stageSince: tenure.until ?? tenure.since, stageBy: tenure.by } : {}),
    stage: plot.stages[point?.[3] ?? 1] ?? 'candidate',
    metrics: point ? { ...versionSummary(number).metrics, test_auc: point[1] } : { latency_p99_ms: 18.25 },
    aliases: number === 38 ? ['champion'] : [],
  });
}

/** The versions in a part of the chart, the best first, as many as the page asks for. */
export function plottedIn(
  box: PlotBox | undefined,
  plot = plotOf(40),
): { readonly items: readonly VersionSummary[]; readonly total: number } {
  const isIn = (value: number, range: readonly [from: number, to: number] = [-Infinity, Infinity]) =>
    value >= range[0] && value <= range[1];
  const across = box && !('texts' in box.across) ? box.across : undefined;
  const inside = plot.points
    .filter(([place, value]) => isIn(place, across) && isIn(value, box?.upright))
    .toSorted((a, b) => b[1] - a[1] || b[2] - a[2]);
  return { items: inside.slice(0, 50).map(([, , number]) => plottedVersion(number, plot)), total: inside.length };
}

function tenure(
  number: number,
  since: number,
  until: number | undefined,
  changes: Partial<TenureEntry> = {},
): TenureEntry {
  return {
    ...{
      versionId: idOf(number),
      number,
      since: day(since),
      by: ada,
      reason: `Better on the holdout than ${number - 1}`,
    },
    ...{ kind: 'promote', newestThen: number + 3 },
    ...(until === undefined ? {} : { until: day(until), newestAtEnd: until / 4 }),
    ...changes,
  };
}

export function tenuresOf(): readonly TenureEntry[] {
  return [
    tenure(38, 300, undefined, { by: grace, newestThen: 39 }),
    tenure(20, 280, 300, {
      kind: 'rollback',
      reason: 'Twice as many complaints since this morning',
      newestThen: 36,
      newestAtEnd: 39,
    }),
    tenure(30, 200, 280, { newestThen: 31, newestAtEnd: 36 }),
    tenure(20, 90, 200, { newestThen: 22, newestAtEnd: 31 }),
    tenure(5, 20, 90, { newestThen: 6, newestAtEnd: 22, isDeleted: true }),
  ];
}

export function modelOverview(changes: Partial<ModelOverview> = {}): ModelOverview {
  return {
    ...{ id: modelId, name: 'fraud-detector', versions: 39 },
    description: 'Scores card payments. Used by checkout and by the case desk.',
    tags: { owner: 'payments', tier: '1' },
    ...{ createdAt: day(1), createdBy: ada },
    latest: plottedVersion(40),
    production: plottedVersion(38),
    aliases: [{ alias: 'champion', number: 38, versionId: idOf(38) }],
    stages: [
      { name: 'candidate', isExclusive: false },
      { name: 'staging', isExclusive: false },
      { name: 'production', isExclusive: true, displacedTo: 'archived' },
      { name: 'archived', isExclusive: false },
    ],
    comments: [{ id: idOf(7), text: 'Brazil is watched weekly.', by: grace, at: day(290) }],
    formerNames: ['card-fraud'],
    stageCounts: [
      { stage: 'candidate', count: 34 },
      { stage: 'archived', count: 3 },
      { stage: 'staging', count: 1 },
      { stage: 'production', count: 1 },
    ],
    metricNames: ['latency_p99_ms', 'test_auc', 'train.loss'],
    paramNames: ['learning_rate', 'objective'],
    latestMetrics: { test_auc: aucOf(40, 40) },
    registeredBy: [
      { by: ada, versions: 30 },
      { by: grace, versions: 9 },
    ],
    ...changes,
  };
}

export function modelPage(changes: Partial<ModelPageData> = {}): ModelPageData {
  return {
    model: modelOverview(),
    metric: 'test_auc',
    plot: plotOf(40),
    stage: 'production',
    tenures: { items: tenuresOf() },
    ...changes,
  };
}
