import type { ModelPageData } from '../../src/extension/messages/page-data.ts';
import { idOf } from './examples.ts';
import {
  author,
  extremeSummary,
  filling,
  longestAlias,
  longestModel,
  longestStage,
  manyMetrics,
  manyParams,
  names,
  story,
  unbroken,
} from './extreme-values.ts';
import { day, modelOverview, modelPage, plotOf, tenuresOf } from './model-examples.ts';

/** A model of a hundred thousand versions, thinned as the registry does, whose newest have numbers around a million. */
export function extremeModelPage(): ModelPageData {
  const plot = plotOf(1500);
  const first = 1_000_040 - 1500;
  const tenures = tenuresOf().map((tenure) => ({
    ...tenure,
    number: 1_000_000 + tenure.number,
    newestThen: 1_000_000 + tenure.newestThen,
    ...(tenure.newestAtEnd === undefined ? {} : { newestAtEnd: 1_000_000 + tenure.newestAtEnd }),
    by: author,
    reason: story,
  }));
  const deleted = tenures.filter(({ isDeleted }) => isDeleted).map(({ number }) => number);
  const points = plot.points.flatMap(([, y, number, stage]) =>
    deleted.includes(first + number) ? [] : [[first + number, (y - 0.8) * 1e308, first + number, stage] as const],
  );
  const versionOf = (number: number, stage: string) => {
    const value = points.find((point) => point[2] === 1_000_000 + number)?.[1] ?? 0;
    return extremeSummary(number, {
      ...{ stage, stageSince: day(300), stageBy: author, pending: false, stagePending: false },
      metrics: { ...manyMetrics(500), [unbroken]: value },
    });
  };
  const stages = Array.from({ length: 28 }, (_, index) => `${filling('stage-', 29)}${index}`);
  const counts = { [longestStage]: 3000, candidate: 12_998, production: 1, staging: 1 };
  return modelPage({
    model: modelOverview({
      name: longestModel,
      versions: 100_000,
      description: story,
      tags: Object.fromEntries(names.map((name) => [name, name])),
      createdBy: author,
      latest: versionOf(40, 'candidate'),
      production: versionOf(38, 'production'),
      aliases: Array.from({ length: 40 }, (_, index) => ({
        alias: `${longestAlias}${index}`,
        number: 1_000_000 + index,
        versionId: idOf(index),
      })),
      stages: [...Object.keys(counts), ...stages].map((name) => ({ name, isExclusive: name !== 'candidate' })),
      comments: names.map((text, index) => ({ id: `${index}`, text: `${text} ${story}`, by: author, at: day(290) })),
      formerNames: Array.from({ length: 20 }, () => longestModel),
      stageCounts: [
        ...Object.entries(counts).map(([stage, count]) => ({ stage, count })),
        ...stages.map((stage) => ({ stage, count: 3000 })),
      ],
      metricNames: Object.keys(manyMetrics(500)),
      paramNames: Object.keys(manyParams(3000)),
      latestMetrics: manyMetrics(500),
      registeredBy: Array.from({ length: 50 }, () => ({ by: author, versions: 2000 })),
    }),
    metric: unbroken,
    plot: {
      ...plot,
      points,
      stages: [longestStage, 'candidate', 'production', 'staging'],
      ...{ total: 99_997, without: 3 },
    },
    tenures: { items: tenures, next: 'more' },
  });
}
