import { isLogarithmic } from '../../base/axis-scale.ts';

export interface Placed {
  readonly across: number;
  readonly upright: number;
}

/**
 * About `limit` of the points of a course, in its order: of each stretch of it the least and the greatest, so that no peak is lost, and all
 * that `isKept`.
 */
export function thinCourse<T extends Placed>(
  points: readonly T[],
  limit: number,
  isKept: (point: T) => boolean,
): readonly T[] {
  if (points.length <= limit) return points;
  const stretches = Math.max(1, Math.floor(limit / 2));
  const kept: T[] = [];
  for (let index = 0; index < stretches; index += 1) {
    const part = points.slice(
      Math.floor((index * points.length) / stretches),
      Math.floor(((index + 1) * points.length) / stretches),
    );
    const [least, greatest] = extremes(part);
    const isFirst = index === 0;
    const isLast = index === stretches - 1;
    kept.push(
      ...part.filter(
        (point, place) =>
          point === least ||
          point === greatest ||
          isKept(point) ||
          (isFirst && place === 0) ||
          (isLast && place === part.length - 1),
      ),
    );
  }
  return kept;
}

/** About `limit` of the points of a cloud, in their order: one for each place that can be told from others, the outermost, and all that `isKept`. */
export function thinCloud<T extends Placed>(
  points: readonly T[],
  limit: number,
  isKept: (point: T) => boolean,
): readonly T[] {
  if (points.length <= limit) return points;
  const cells = Math.max(1, Math.floor(Math.sqrt(limit)));
  const column = cellOf(
    points.map(({ across }) => across),
    cells,
  );
  const row = cellOf(
    points.map(({ upright }) => upright),
    cells,
  );
  const taken = new Set<number>();
  const [least, greatest] = extremes(points);
  return points.filter((point) => {
    const cell = column(point.across) * cells + row(point.upright);
    const isNew = !taken.has(cell);
    taken.add(cell);
    return isNew || point === least || point === greatest || isKept(point);
  });
}

function cellOf(values: readonly number[], cells: number): (value: number) => number {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const scale = isLogarithmic(least, greatest) ? Math.log : (value: number) => value / 2;
  const [from, to] = [scale(least), scale(greatest)];
  return (value) => (to > from ? Math.min(cells - 1, Math.floor(((scale(value) - from) / (to - from)) * cells)) : 0);
}

function extremes<T extends Placed>(points: readonly T[]): readonly [T | undefined, T | undefined] {
  let least: T | undefined;
  let greatest: T | undefined;
  for (const point of points) {
    if (!least || point.upright < least.upright) least = point;
    if (!greatest || point.upright > greatest.upright) greatest = point;
  }
  return [least, greatest];
}
