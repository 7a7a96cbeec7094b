import { describe, expect, it } from 'vitest';
import { graphPage, trends, versionDetails, versionPage, versionSummary } from './examples.ts';
import { modelPage } from './model-examples.ts';
import { reviewPage } from './review-examples.ts';

describe('the examples that pictures are made of', () => {
  it.each(['candidate', 'staging', 'production', 'archived'])('have the history of a version that is %s', (stage) => {
    for (const number of [1, 2]) {
      const { stageSince, stageBy, transitions } = versionDetails(number, { stage });
      expect(transitions.at(-1)).toMatchObject({ to: stage, at: stageSince, by: stageBy });
      for (const [place, { from, displaced }] of transitions.entries()) {
        expect(from).toBe(transitions[place - 1]?.to ?? 'candidate');
        expect(displaced).not.toContain(number);
      }
    }
    // One version is in production.
    const { version, baseline } = versionPage(versionDetails(2, { stage }));
    expect(baseline?.kind).toBe(version.stage === 'production' ? 'previous' : 'production');
  });

  it('tell the same stage beside a version as in its history', () => {
    const { version, other } = reviewPage();
    for (const { stage, transitions } of [version, ...(other ? [other.version] : [])])
      expect(transitions.at(-1)?.to).toBe(stage);
    const { graph, impact } = graphPage();
    const { subject } = impact;
    const node = graph.nodes.find(({ id }) => id === graph.subject);
    expect('version' in subject && subject.version?.stage).toBe(node?.stage);
  });

  it('have the values of a version in the course over the versions, too', () => {
    const { metrics } = versionSummary(2);
    const { baseline } = versionPage();
    for (const { name, points } of trends()) {
      expect(points.find(([number]) => number === 2)?.[1]).toBe(metrics[name]);
      const before = points.find(([number]) => number === 1);
      if (before) expect(before[1]).toBe(baseline?.metrics[name]);
    }
  });

  it('count the versions of a model as its chart does', () => {
    const { model, plot, tenures } = modelPage();
    if (!plot) throw new Error('There is no chart.');
    expect(model.stageCounts.reduce((sum, { count }) => sum + count, 0)).toBe(model.versions);
    expect(plot.total + plot.without).toBe(model.versions);
    const stageOf = (number: number) => {
      const point = plot.points.find((other) => other[2] === number);
      return point && plot.stages[point[3]];
    };
    expect([stageOf(model.latest?.number ?? 0), stageOf(model.production?.number ?? 0)]).toEqual([
      model.latest?.stage,
      'production',
    ]);
    for (const { number, until, isDeleted } of tenures.items)
      expect(stageOf(number)).toBe(isDeleted ? undefined : until === undefined ? 'production' : 'archived');
    expect(plot.points.at(-1)?.[1]).toBe(model.latestMetrics.test_auc);
  });
});
