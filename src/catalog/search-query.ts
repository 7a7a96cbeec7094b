import { RegistryError } from '../base/errors.ts';
import { int } from './columns.ts';
import type { VersionSummary } from './read-models.ts';
import type { Sqlite, SqlValue } from './sqlite.ts';
import { VERSION_COLUMNS, VERSION_TABLES, versionSummary } from './version-queries.ts';

interface Condition {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const COMPARISON = /^([^<>=:]+)(>=|<=|>|<|=)(.+)$/;
const MAX_TERMS = 20;

/** Turns a query into conditions (see `RegistryQueries.search`). Throws `QUERY_INVALID` for what can't be meant. */
export function parseSearch(query: string): readonly Condition[] {
  const terms = query.match(/"[^"]*"|\S+/g) ?? [];
  if (terms.length > MAX_TERMS)
    throw new RegistryError('QUERY_INVALID', `The query has more than ${MAX_TERMS} terms. Use fewer.`);
  return terms.map((term) => conditionOf(term));
}

function conditionOf(term: string): Condition {
  if (term.startsWith('"')) return freeText(term.replaceAll('"', ''));
  const colon = /^(model|stage|alias|tag|param|commit):(.*)$/.exec(term);
  if (colon) return fieldCondition(colon[1] ?? '', colon[2] ?? '');
  const comparison = COMPARISON.exec(term);
  if (comparison) {
    const [, name = '', operator = '', value = ''] = comparison;
    const number = Number(value);
    if (Number.isNaN(number)) {
      throw new RegistryError(
        'QUERY_INVALID',
        `${term} compares a metric with "${value}", which is no number. Write for example auc>0.9, or param:${name}=${value}.`,
      );
    }
    return {
      sql: `EXISTS (SELECT 1 FROM metrics x WHERE x.version = v.key AND x.name = ? AND x.value ${operator} ?)`,
      params: [name, number],
    };
  }
  return freeText(term);
}

function fieldCondition(field: string, value: string): Condition {
  if (value === '')
    throw new RegistryError(
      'QUERY_INVALID',
      `${field}: needs something after the colon, for example ${field}:${EXAMPLES[field] ?? 'x'}.`,
    );
  const equals = value.indexOf('=');
  const [key, rest] = equals < 0 ? [value, undefined] : [value.slice(0, equals), value.slice(equals + 1)];
  switch (field) {
    case 'model':
      return { sql: 'm.name_key = ?', params: [value.toLowerCase()] };
    case 'stage':
      return { sql: 'v.stage = ?', params: [value] };
    case 'alias':
      return { sql: 'EXISTS (SELECT 1 FROM aliases x WHERE x.version = v.id AND x.alias = ?)', params: [value] };
    case 'commit':
      return { sql: "v.code_commit LIKE ? ESCAPE '\\'", params: [`${escaped(value)}%`] };
    case 'param':
      return rest === undefined
        ? { sql: 'EXISTS (SELECT 1 FROM params x WHERE x.version = v.key AND x.name = ?)', params: [key] }
        : {
            sql: 'EXISTS (SELECT 1 FROM params x WHERE x.version = v.key AND x.name = ? AND x.value = ?)',
            params: [key, rest],
          };
    default:
      return rest === undefined
        ? { sql: 'EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND x.key = ?)', params: [key] }
        : {
            sql: 'EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND x.key = ? AND x.value = ?)',
            params: [key, rest],
          };
  }
}

const EXAMPLES: Readonly<Record<string, string>> = {
  model: 'fraud-detector',
  stage: 'production',
  alias: 'champion',
  tag: 'team=risk',
  param: 'learning_rate=0.1',
  commit: '4be1c2f',
};

function freeText(words: string): Condition {
  const like = `%${escaped(words)}%`;
  const sql = `(m.name LIKE ?1 ESCAPE '\\' OR v.description LIKE ?1 ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM remarks x WHERE x.subject = v.id AND x.text LIKE ?1 ESCAPE '\\')
    OR EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND (x.key LIKE ?1 ESCAPE '\\' OR x.value LIKE ?1 ESCAPE '\\'))
    OR EXISTS (SELECT 1 FROM aliases x WHERE x.version = v.id AND x.alias LIKE ?1 ESCAPE '\\')
    OR EXISTS (SELECT 1 FROM params x WHERE x.version = v.key AND (x.name LIKE ?1 ESCAPE '\\' OR x.value LIKE ?1 ESCAPE '\\')))`;
  const uses = sql.split('?1').length - 1;
  return { sql: sql.replaceAll('?1', '?'), params: Array.from({ length: uses }, () => like) };
}

function escaped(value: string): string {
  return value.replace(/[\\%_]/g, (character) => `\\${character}`);
}

/** Versions for which all conditions hold, newest first, before the row key `before`. */
export function searchVersions(
  db: Sqlite,
  conditions: readonly Condition[],
  before: number | undefined,
  limit: number,
): readonly { readonly key: number; readonly version: VersionSummary }[] {
  const where = [
    'v.deleted_seq IS NULL',
    ...conditions.map((condition) => condition.sql),
    ...(before === undefined ? [] : ['v.key < ?']),
  ];
  const params = [
    ...conditions.flatMap((condition) => condition.params),
    ...(before === undefined ? [] : [before]),
    limit,
  ];
  const sql = `SELECT ${VERSION_COLUMNS} FROM ${VERSION_TABLES} WHERE ${where.join(' AND ')} ORDER BY v.key DESC LIMIT ?`;
  return db.all(sql, params).map((row) => ({ key: int(row, 'key'), version: versionSummary(db, row) }));
}
