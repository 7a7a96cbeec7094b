import type { ModelOverview } from '../../src/catalog/read-models/models.ts';
import type { Plot } from '../../src/catalog/read-models/plot.ts';
import type { TenureEntry } from '../../src/catalog/read-models/stages.ts';
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
    latest: versionSummary(40),
    production: versionSummary(38, { stage: 'production', stageSince: day(300), stageBy: grace }),
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
