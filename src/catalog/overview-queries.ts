import * as v from 'valibot';
import { compareNaturally } from '../base/natural-order.ts';
import { author, int, text } from './columns.ts';
import { metricsSchema } from './evaluation-queries.ts';
import type { ModelOverview } from './read-models/models.ts';
import type { StageCounts } from './read-models/stages.ts';
import type { Row, Sqlite } from './sqlite.ts';
import { paramsSchema } from './version-rows.ts';

/** What is told of a model's versions as a whole is told by the newest so many, and by as many of all the others. */
const NEWEST = 300;
const OLDER = 100;
const MOST_NAMES = 500;
const MOST_PEOPLE = 5;

/** How many versions of a model are in which stage, most first. */
export function stageCountsOf(db: Sqlite, model: string): StageCounts {
  const sql = `SELECT stage, count(*) AS count FROM versions INDEXED BY versions_by_stage
    WHERE model = ? AND deleted_seq IS NULL GROUP BY stage ORDER BY count DESC, stage`;
  return db.all(sql, [model]).map((row) => ({ stage: text(row, 'stage'), count: int(row, 'count') }));
}

/** Names of the metrics and params that a model's versions have, and who registered the newest of them. */
export function namesOf(
  db: Sqlite,
  model: string,
): Pick<ModelOverview, 'metricNames' | 'paramNames' | 'registeredBy' | 'latestMetrics'> {
  const columns = 'metrics, params, created_by_name, created_by_email, created_by_signer';
  const newest = db.all(
    `SELECT ${columns} FROM versions WHERE model = ? AND deleted_seq IS NULL ORDER BY number DESC LIMIT ${NEWEST}`,
    [model],
  );
  const last = int(db.get('SELECT max(number) AS last FROM versions WHERE model = ?', [model]) ?? {}, 'last');
  const spread = Array.from({ length: OLDER }, (_, index) => Math.floor((index * last) / OLDER) + 1);
  const older =
    newest.length < NEWEST
      ? []
      : db.all(
          `SELECT ${columns} FROM versions WHERE model = ? AND deleted_seq IS NULL AND number IN (SELECT value FROM json_each(?))`,
          [model, JSON.stringify(spread)],
        );
  const rows = [...newest, ...older];
  const namesIn = (column: string, schema: typeof paramsSchema | typeof metricsSchema) => {
    const names = rows.flatMap((row) => Object.keys(v.parse(schema, JSON.parse(text(row, column)))));
    return [...new Set(names)].sort(compareNaturally).slice(0, MOST_NAMES);
  };
  const [latest] = newest;
  return {
    metricNames: namesIn('metrics', metricsSchema),
    paramNames: namesIn('params', paramsSchema),
    registeredBy: people(newest),
    latestMetrics: latest ? v.parse(metricsSchema, JSON.parse(text(latest, 'metrics'))) : {},
  };
}

function people(rows: readonly Row[]): ModelOverview['registeredBy'] {
  const counts = new Map<string, ModelOverview['registeredBy'][number]>();
  for (const row of rows) {
    const by = author(row, 'created_by');
    const who = `${by.email}\n${by.name}`;
    counts.set(who, { by, versions: (counts.get(who)?.versions ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.versions - a.versions).slice(0, MOST_PEOPLE);
}
