import type { Plot, PlotAxis, PlotBox, TenureEntry } from '../../extension/messages/core-types.ts';

/** A time in which a version held the stage, in the terms of the lower axis. */
export interface Band {
  readonly from: number;
  /** Infinite while it holds it. */
  readonly to: number;
  readonly tenure: TenureEntry;
}

/** All that a chart shows. */
export interface Drawing {
  readonly plot: Plot;
  readonly metric: string;
  readonly across: PlotAxis;
  readonly bands: readonly Band[];
  readonly selection: PlotBox | undefined;
  /** How good each point is, from 0 to 1, where that gives the colour and not the stage. */
  readonly goodness?: readonly number[];
}

/** How many of the points have each stage, in the order of the stages. */
export function stageCounts({ stages, points }: Plot): readonly { readonly stage: string; readonly count: number }[] {
  return stages.map((stage, place) => ({ stage, count: points.filter((point) => point[3] === place).length }));
}

/** Where the times in which versions held a stage are on the lower axis, oldest first; nowhere on an axis of params or metrics. */
export function bandsOf(tenures: readonly TenureEntry[], across: PlotAxis): readonly Band[] {
  if (across.kind !== 'number' && across.kind !== 'time') return [];
  const placeOf = across.kind === 'time' ? Date.parse : placesBetweenVersions(tenures);
  return tenures.toReversed().map((tenure) => ({
    tenure,
    from: placeOf(tenure.since),
    to: tenure.until === undefined ? Number.POSITIVE_INFINITY : placeOf(tenure.until),
  }));
}

/** A moment lies after the newest version that there was then, and before the next; several there stand side by side, in their order. */
function placesBetweenVersions(tenures: readonly TenureEntry[]): (moment: string) => number {
  const newestAt = new Map(
    tenures.flatMap(({ since, until, newestThen, newestAtEnd }) => [
      [since, newestThen] as const,
      ...(until === undefined ? [] : [[until, newestAtEnd ?? newestThen] as const]),
    ]),
  );
  const places = new Map<string, number>();
  for (const [newest, moments] of Map.groupBy(newestAt, ([, number]) => number)) {
    const inOrder = moments.map(([moment]) => moment).sort((a, b) => Date.parse(a) - Date.parse(b));
    for (const [index, moment] of inOrder.entries()) places.set(moment, newest + (index + 1) / (inOrder.length + 1));
  }
  return (moment) => places.get(moment) ?? 0;
}

/** The box between two places, in the terms in which the registry is asked about it. */
export function boxBetween(
  { plot, across }: Pick<Drawing, 'plot' | 'across'>,
  [x1, x2]: readonly [number, number],
  [y1, y2]: readonly [number, number],
): PlotBox {
  return { ...stretchBetween({ plot, across }, [x1, x2]), upright: [Math.min(y1, y2), Math.max(y1, y2)] };
}

/** The same for all heights. */
export function stretchBetween(
  { plot, across }: Pick<Drawing, 'plot' | 'across'>,
  [x1, x2]: readonly [number, number],
): PlotBox {
  const [from, to] = [Math.min(x1, x2), Math.max(x1, x2)];
  if (plot.texts) return { across: { texts: plot.texts.filter((_, place) => place >= from && place <= to) } };
  if (across.kind === 'number') return { across: [Math.ceil(from), Math.floor(to)] };
  return { across: [from, to] };
}

/** The place of the point nearest to a place on the screen, undefined where none is near. */
export function nearestPoint(
  places: readonly (readonly [x: number, y: number])[],
  [x, y]: readonly [number, number],
  within: number,
): number | undefined {
  let nearest: number | undefined;
  let least = within * within;
  for (const [index, [px, py]] of places.entries()) {
    const distance = (px - x) ** 2 + (py - y) ** 2;
    if (distance > least) continue;
    least = distance;
    nearest = index;
  }
  return nearest;
}
