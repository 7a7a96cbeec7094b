import { html, type TemplateResult } from 'lit';
import { t } from '../../base/language.ts';
import type { Plot, PlotBox, PlotPoint } from '../../extension/messages/core-types.ts';
import { type Drawing, stageCounts } from '../model/drawing.ts';
import '../model/version-chart.ts';
import type { PageContext } from '../shared/page.ts';
import { emptyState } from '../shared/parts.ts';
import type { PlotColumn } from './axes.ts';
import { filtersText, type PlotChoices, passing } from './choices.ts';
import { glanceOf } from './glance.ts';
import type { Plots } from './looked-at.ts';

let drawn: { readonly key: readonly unknown[]; readonly drawing: Drawing } | undefined;

/** A metric against a param or another metric, one point for each version that passes the filters of the other axes. */
export function scatter(plots: Plots, page: PageContext): TemplateResult {
  const { columns, choices, data } = plots;
  const { metric } = columns;
  const { across } = choices;
  if (!metric || !across) return emptyState(t('For points, versions need a metric, and something else that differs.'));
  const drawing = drawingOf(plots, metric, across);
  if (drawing.plot.points.length === 0)
    return emptyState(
      t('No version has a value for both {metric} and {other}.', { metric: metric.name, other: across.name }),
    );
  const { versions } = data.columns;
  return html`<version-chart
    .drawing=${drawing}
    .label=${t('{metric} against {other}. Arrow keys move between versions, with Shift they filter, Enter opens one, Escape ends the filter.', { metric: metric.name, other: across.name })}
    .glance=${([, , index]: PlotPoint) => glanceOf(plots, index)}
    .chosen=${(box: PlotBox | undefined) => page.setUi('filters', filtersOf(box, choices, metric, across))}
    .opened=${(index: number) => page.openVersion(versions[index]?.id ?? '')}
  ></version-chart>`;
}

/** The stages of the points, and how many points each has. */
export function drawnStages(plots: Plots): readonly { readonly stage: string; readonly count: number }[] {
  const { metric } = plots.columns;
  const { across } = plots.choices;
  if (!metric || !across) return [];
  return stageCounts(drawingOf(plots, metric, across).plot);
}

/** How many of the versions that pass the other filters have no point, for lack of a value on one of the axes. */
export function countWithout(plots: Plots): number {
  const { metric } = plots.columns;
  const { across } = plots.choices;
  if (!metric || !across) return 0;
  const isPassing = passing(plots.columns, plots.choices.filters, plots.data.columns.versions.length, [
    metric.key,
    across.key,
  ]);
  return isPassing.filter(Boolean).length - drawingOf(plots, metric, across).plot.points.length;
}

/** In the place of a version's number stands its place in the columns. The same drawing for the same choices: another one is drawn anew. */
function drawingOf({ columns, choices, data, goodness }: Plots, metric: PlotColumn, across: PlotColumn): Drawing {
  const { versions } = data.columns;
  const key = [data, metric, across, JSON.stringify([...choices.filters])];
  if (drawn?.key.every((part, index) => part === key[index])) return drawn.drawing;
  const isPassing = passing(columns, choices.filters, versions.length, [metric.key, across.key]);
  const stages = [...new Set(versions.map(({ stage }) => stage))].sort();
  const points = versions
    .flatMap(({ stage }, index): PlotPoint[] => {
      const [x, y] = [across.values[index] ?? Number.NaN, metric.values[index] ?? Number.NaN];
      return isPassing[index] && !Number.isNaN(x) && !Number.isNaN(y) ? [[x, y, index, stages.indexOf(stage)]] : [];
    })
    .sort((a, b) => a[0] - b[0] || a[2] - b[2]);
  const plot: Plot = {
    points,
    stages,
    ...(across.texts ? { texts: across.texts } : {}),
    total: points.length,
    without: versions.length - points.length,
  };
  const drawing: Drawing = {
    plot,
    metric: metric.name,
    across: { kind: across.kind, name: across.name },
    bands: [],
    selection: selectionOf(choices, metric, across),
    goodness: points.map(([, , index]) => goodness[index] ?? Number.NaN),
  };
  drawn = { key, drawing };
  return drawing;
}

function selectionOf({ filters }: PlotChoices, metric: PlotColumn, across: PlotColumn): PlotBox | undefined {
  const [sides, upright] = [filters.get(across.key), filters.get(metric.key)];
  if (!sides && !upright) return undefined;
  const whole = across.texts ? { texts: across.texts } : ([across.least, across.greatest] as const);
  return { across: sides ?? whole, ...(upright && !('texts' in upright) ? { upright } : {}) };
}

function filtersOf(box: PlotBox | undefined, { filters }: PlotChoices, metric: PlotColumn, across: PlotColumn): string {
  const next = new Map(filters);
  next.delete(metric.key);
  next.delete(across.key);
  if (box) next.set(across.key, box.across);
  return filtersText(next, metric.key, box?.upright);
}
