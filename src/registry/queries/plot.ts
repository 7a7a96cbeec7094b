import { compareNaturally } from '../../base/natural-order.ts';
import type { Page } from '../../catalog/paging.ts';
import { limitOf, numbersOfCursor } from '../../catalog/paging.ts';
import {
  firstNumberSince,
  type PlottedValues,
  type PlottedVersion,
  plottedValues,
  plottedVersions,
  recentHolders,
  registrationTimes,
  versionsByKey,
} from '../../catalog/plot-queries.ts';
import type { Plot, PlotAxis, PlotBox, PlotRequest, PlottedRequest } from '../../catalog/read-models/plot.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { catchUpSearch } from '../../catalog/search/search-index.ts';
import type { Sqlite } from '../../catalog/sqlite.ts';
import { PRODUCTION } from '../../rules/policy.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';
import { thinCloud, thinCourse } from './thin.ts';

/** As many as a screen has room for, and a message is short with. */
const MOST_POINTS = 1500;
/** A param with more different texts than these is no axis: the most frequent are shown. */
const MOST_TEXTS = 60;
/** Versions that were in production stay in a plot, so many at most. */
const KEPT_HOLDERS = 200;

interface Point extends PlottedVersion {
  readonly across: number;
  readonly upright: number;
}

interface Points {
  readonly points: readonly Point[];
  readonly texts?: readonly string[];
  readonly without: number;
}

/** Versions of a model as points, few enough to be shown. */
export async function plot(session: Session, request: PlotRequest): Promise<Plot> {
  await readToHead(session);
  const { id } = findModel(session, request.model);
  const db = dbOf(session);
  const { points, texts, without } = pointsIn(session, id, request);
  const held = recentHolders(db, id, PRODUCTION, KEPT_HOLDERS);
  const isCourse = request.across.kind === 'number' || request.across.kind === 'time';
  const thinned = (isCourse ? thinCourse : thinCloud)(points, MOST_POINTS, ({ key }) => held.has(key));
  const shown = request.across.kind === 'time' ? atTheirTimes(db, thinned) : thinned;
  const stages = [...new Set(shown.map(({ stage }) => stage))].sort();
  return {
    points: shown.map(({ across, upright, number, stage }) => [across, upright, number, stages.indexOf(stage)]),
    stages,
    ...(texts ? { texts } : {}),
    total: points.length,
    without,
  };
}

/** The versions in a plot or a part of it, the best first. */
export async function plotted(
  session: Session,
  request: PlottedRequest,
): Promise<Page<VersionSummary> & { readonly total: number }> {
  await readToHead(session);
  const { id } = findModel(session, request.model);
  const limit = limitOf(request);
  const start = request.cursor === undefined ? 0 : (numbersOfCursor(request.cursor, 1)[0] ?? 0);
  const { points } = pointsIn(session, id, request);
  const sign = request.isLowerBetter === true ? 1 : -1;
  const sorted = points.toSorted((a, b) => sign * (a.upright - b.upright) || b.number - a.number);
  const keys = sorted.slice(start, start + limit).map(({ key }) => key);
  return {
    items: versionsByKey(dbOf(session), keys),
    total: points.length,
    ...(start + limit < points.length ? { next: String(start + limit) } : {}),
  };
}

/** All versions in the order of a metric, the best first; then those without a finite value, newest first. Their keys. */
export function keysByMetric(session: Session, model: string, metric: string, isLowerBetter: boolean) {
  const versions = plottedVersions(dbOf(session), model).toReversed();
  const values = valuesOf(session, model, versions).metric(metric);
  const sign = isLowerBetter ? 1 : -1;
  const measured = versions.flatMap(({ key, number }) => {
    const value = values.get(key);
    return value === undefined ? [] : [{ key, number, value }];
  });
  measured.sort((a, b) => sign * (a.value - b.value) || b.number - a.number);
  return [...measured.map(({ key }) => key), ...versions.flatMap(({ key }) => (values.has(key) ? [] : [key]))];
}

function valuesOf(session: Session, model: string, versions: readonly PlottedVersion[]): PlottedValues {
  const db = dbOf(session);
  return plottedValues(db, model, versions.length, () => catchUpSearch(db, session.catalog.position.seq));
}

/** In the order of the lower axis, versions of the same place in the order of their numbers. */
function pointsIn(session: Session, model: string, { metric, across, box }: PlotRequest): Points {
  const db = dbOf(session);
  const versions = plottedVersions(db, model);
  const values = valuesOf(session, model, versions);
  const uprights = values.metric(metric);
  const { placeOf, texts } = axisOf(values, versions, across);
  const points: Point[] = [];
  let known = 0;
  const isInside = insideOf(db, model, across, box, texts);
  for (const version of versions) {
    const upright = uprights.get(version.key);
    const place = placeOf(version);
    if (upright === undefined || place === undefined) continue;
    known += 1;
    const point = { ...version, across: place, upright };
    if (isInside(point)) points.push(point);
  }
  points.sort((a, b) => a.across - b.across || a.number - b.number);
  return { points, without: versions.length - known, ...(texts ? { texts } : {}) };
}

interface Axis {
  readonly placeOf: (version: PlottedVersion) => number | undefined;
  readonly texts?: readonly string[];
}

function axisOf(read: PlottedValues, versions: readonly PlottedVersion[], axis: PlotAxis): Axis {
  switch (axis.kind) {
    case 'number':
    // Times are looked up for what is shown: later numbers are later.
    case 'time':
      return { placeOf: ({ number }) => number };
    case 'metric': {
      const values = read.metric(axis.name);
      return { placeOf: ({ key }) => values.get(key) };
    }
    case 'param':
      return paramAxis(read.param(axis.name), versions);
  }
}

/** Params are texts. Where all are numbers, they are an axis of numbers; else each text has a place. */
function paramAxis(values: ReadonlyMap<number, string>, versions: readonly PlottedVersion[]): Axis {
  const counts = new Map<string, number>();
  for (const { key } of versions) {
    const value = values.get(key);
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const numbers = new Map([...counts.keys()].map((value) => [value, numberIn(value)]));
  if (![...numbers.values()].includes(undefined)) {
    return { placeOf: ({ key }) => numbers.get(values.get(key) ?? '') };
  }
  const texts = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_TEXTS)
    .map(([value]) => value)
    .sort(compareNaturally);
  const places = new Map(texts.map((value, place) => [value, place]));
  return { texts, placeOf: ({ key }) => places.get(values.get(key) ?? '') };
}

function numberIn(value: string): number | undefined {
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function insideOf(
  db: Sqlite,
  model: string,
  axis: PlotAxis,
  box: PlotBox | undefined,
  texts: readonly string[] | undefined,
): (point: Point) => boolean {
  if (!box) return () => true;
  const [bottom, top] = box.upright ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isBeside = ({ upright }: Point) => upright >= bottom && upright <= top;
  if ('texts' in box.across) {
    const wanted = new Set(box.across.texts);
    return (point) => isBeside(point) && wanted.has(texts?.[point.across] ?? '');
  }
  const [from, to] = axis.kind === 'time' ? numbersBetween(db, model, box.across) : box.across;
  return (point) => isBeside(point) && point.across >= from && point.across <= to;
}

function numbersBetween(db: Sqlite, model: string, [from, to]: readonly [number, number]): readonly [number, number] {
  return [firstNumberSince(db, model, isoOf(from)), firstNumberSince(db, model, isoOf(to + 1)) - 1];
}

/** Times that aren't between the years 1970 and 9999 are written in another way, which can't be compared as text. */
const LAST_TIME_MS = Date.UTC(9999, 11, 31);

function isoOf(timeMs: number): string {
  return new Date(Math.min(Math.max(timeMs, 0), LAST_TIME_MS)).toISOString();
}

function atTheirTimes(db: Sqlite, points: readonly Point[]): readonly Point[] {
  const times = registrationTimes(
    db,
    points.map(({ key }) => key),
  );
  return points.flatMap((point) => {
    const across = times.get(point.key);
    return across === undefined || Number.isNaN(across) ? [] : [{ ...point, across }];
  });
}
