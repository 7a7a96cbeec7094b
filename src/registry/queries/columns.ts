import { byName } from '../../base/by-name.ts';
import { type ValuedVersion, valuedVersions } from '../../catalog/plot-queries.ts';
import type { ColumnsRequest, ManyVersions, VersionColumns } from '../../catalog/read-models/plot.ts';
import { parseSearch } from '../../catalog/search/conditions.ts';
import { catchUpSearch } from '../../catalog/search/search-index.ts';
import { searchVersions } from '../../catalog/search/search-versions.ts';
import { findModel } from '../references.ts';
import { dbOf, readToHead, type Session } from '../session.ts';

/** As many as a picture shows, and a message is quick with. */
const MOST_VERSIONS = 3000;
/** Nobody looks at more of each; those that most versions have stay. */
const MOST_NAMES = 60;
/** A param with more texts than these is no axis: long ones are notes. */
const LONGEST_TEXT = 500;

/** See `RegistryQueries.columns`. */
export async function columns(session: Session, { model, of }: ColumnsRequest): Promise<VersionColumns> {
  await readToHead(session);
  const { id, name } = findModel(session, model);
  const { newestFirst, total } = valuedVersions(dbOf(session), id, idsOf(session, id, name, of), MOST_VERSIONS);
  const versions = newestFirst.toReversed();
  const params = paramColumns(versions);
  const metrics = metricColumns(versions);
  const isSame = ({ texts, places }: (typeof params)[number]) => texts.length === 1 && !places.includes(-1);
  const differing = params.filter((column) => !isSame(column));
  return {
    modelId: id,
    model: name,
    versions: versions.map(({ id: version, number, stage, pending }) => ({ id: version, number, stage, pending })),
    params: differing.slice(0, MOST_NAMES),
    metrics: metrics.slice(0, MOST_NAMES),
    same: params.filter(isSame).map((column) => ({ name: column.name, text: column.texts[0] ?? '' })),
    total,
    omitted: Math.max(0, differing.length - MOST_NAMES) + Math.max(0, metrics.length - MOST_NAMES),
  };
}

function idsOf(session: Session, modelId: string, name: string, of: ManyVersions): readonly string[] | undefined {
  if (of.kind === 'all' || (of.kind === 'search' && of.query.trim() === '')) return undefined;
  if (of.kind === 'ids') return of.ids;
  const conditions = parseSearch(`model:${name} ${of.query}`);
  const db = dbOf(session);
  catchUpSearch(db, session.catalog.position.seq);
  return searchVersions(db, conditions, undefined, MOST_VERSIONS).flatMap(({ version }) =>
    version.modelId === modelId ? version.id : [],
  );
}

/** Names that most of the versions have first. */
function namesIn(records: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const record of records) for (const name of Object.keys(record)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || byName(a, b)).map(([name]) => name);
}

function paramColumns(versions: readonly ValuedVersion[]): VersionColumns['params'] {
  const records = versions.map(({ params }) => params);
  return namesIn(records).map((name) => {
    const places = new Map<string, number>();
    const placeOf = (record: Readonly<Record<string, string>>) => {
      if (!Object.hasOwn(record, name)) return -1;
      const text = (record[name] ?? '').slice(0, LONGEST_TEXT);
      const place = places.get(text) ?? places.size;
      places.set(text, place);
      return place;
    };
    const ofVersions = records.map(placeOf);
    return { name, texts: [...places.keys()], places: ofVersions };
  });
}

function metricColumns(versions: readonly ValuedVersion[]): VersionColumns['metrics'] {
  const records = versions.map(({ metrics }) => metrics);
  return namesIn(records).map((name) => ({
    name,
    values: records.map((record) => {
      const value = Object.hasOwn(record, name) ? record[name] : undefined;
      return typeof value === 'number' && Number.isFinite(value) ? value : null;
    }),
  }));
}
