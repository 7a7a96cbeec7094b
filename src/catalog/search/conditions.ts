import { RegistryError } from '../../base/errors.ts';
import type { SqlValue } from '../sqlite.ts';
import { FACT_FIELDS, factCondition, parameterCondition } from './fact-conditions.ts';
import { wordsCondition } from './words.ts';

export interface Sql {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** What a term of a query asks of a version. */
export interface Condition {
  /** Whether it holds for the version `v` of the model `m`. */
  readonly holds: Sql;
  /** The keys of the versions for which it may hold, in a column `version`, where an index tells them. */
  readonly keys?: Sql;
  /** As many rows, about, where counting those takes less. */
  readonly countable?: Sql;
  /** The key of a model's name, of which the version has to be. */
  readonly model?: string;
  /** A text to look for. */
  readonly text?: string;
}

/** What stands before a colon. */
export const FIELDS = ['model', 'stage', 'alias', 'tag', 'param', 'commit', ...Object.keys(FACT_FIELDS)];
const FIELD = new RegExp(`^(${FIELDS.join('|')}):(.*)$`);
const COMPARISON = /^([^<>=:]+)(>=|<=|>|<|=)(.+)$/;
/** A comparison without its metric or its number. */
const UNFINISHED = /^(?:[<>=]+.*|[^<>=]+[<>=]+)$/;
const MAX_TERMS = 20;

/** Turns a query into conditions (see `RegistryQueries.search`). Throws `QUERY_INVALID` for what can't be meant. */
export function parseSearch(query: string): readonly Condition[] {
  const terms = query.match(/"[^"]*"|\S+/g) ?? [];
  if (terms.length > MAX_TERMS)
    throw new RegistryError('QUERY_INVALID', `The query has more than ${MAX_TERMS} terms. Use fewer.`);
  return terms.map(conditionOf);
}

function conditionOf(term: string): Condition {
  if (term.startsWith('"')) return wordsCondition(term.replaceAll('"', ''));
  const colon = FIELD.exec(term);
  if (colon) return fieldCondition(colon[1] ?? '', colon[2] ?? '');
  if (UNFINISHED.test(term)) {
    throw new RegistryError(
      'QUERY_INVALID',
      `${term} compares nothing. Write a metric, one of > >= < <= = and a number, for example auc>0.9.`,
    );
  }
  const comparison = COMPARISON.exec(term);
  return comparison ? metricCondition(term, comparison) : wordsCondition(term);
}

function metricCondition(term: string, [, name = '', operator = '', value = '']: RegExpExecArray): Condition {
  if (name === 'params') return parameterCondition(term, operator, value, (count) => comparison(name, operator, count));
  if (name.endsWith('!') && operator === '=') {
    throw new RegistryError(
      'QUERY_INVALID',
      `${term} isn't understood: metrics are compared by > >= < <= =. For all but one value, ask for what is less and for what is more.`,
    );
  }
  const special = SPECIAL[value.toLowerCase()];
  if (special !== undefined && operator === '=') return isSpecial(name, special);
  if (special === 'NaN') {
    throw new RegistryError(
      'QUERY_INVALID',
      `${term} compares with NaN, which nothing is more or less than. ${name}=NaN finds the versions that have it.`,
    );
  }
  const number = Number(special ?? value);
  if (Number.isNaN(number)) {
    throw new RegistryError(
      'QUERY_INVALID',
      `${term} compares a metric with "${value}", which is no number. Write for example auc>0.9, or param:${name}=${value}.`,
    );
  }
  return comparison(name, operator, number);
}

/** Values of metrics that are no numbers to SQLite, as people write them. */
const SPECIAL: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  nan: 'NaN',
  inf: 'Infinity',
  '+inf': 'Infinity',
  infinity: 'Infinity',
  '+infinity': 'Infinity',
  '-inf': '-Infinity',
  '-infinity': '-Infinity',
});

/** They are few and in no index, so that versions are looked at one by one. */
function isSpecial(name: string, value: string): Condition {
  return {
    holds: {
      sql: `(instr(v.metrics, ?) AND EXISTS (SELECT 1 FROM json_each(v.metrics) x WHERE x.key = ? AND x.type = 'text' AND x.value = ?))`,
      params: [JSON.stringify(value), name, value],
    },
  };
}

function comparison(name: string, operator: string, value: number): Condition {
  return {
    holds: holdsNow(name, operator, value),
    keys: {
      sql: `SELECT version FROM metric_values WHERE name = (SELECT id FROM value_names WHERE name = ?) AND value ${operator} ?`,
      params: [name, value],
    },
  };
}

function holdsNow(name: string, operator: string, value: number): Sql {
  if (/["\\]/.test(name)) {
    // No path can name it.
    return {
      sql: `EXISTS (SELECT 1 FROM json_each(v.metrics) x WHERE x.key = ? AND x.type IN ('real', 'integer') AND x.value ${operator} ?)`,
      params: [name, value],
    };
  }
  // To SQLite every text, such as "NaN", is more than every number.
  const path = `$."${name}"`;
  return {
    sql: `(v.metrics ->> ? ${operator} ? AND typeof(v.metrics ->> ?) <> 'text')`,
    params: [path, value, path],
  };
}

function fieldCondition(field: string, value: string): Condition {
  if (value === '')
    throw new RegistryError(
      'QUERY_INVALID',
      `${field}: needs something after the colon, for example ${field}:${EXAMPLES[field] ?? FACT_FIELDS[field] ?? 'x'}.`,
    );
  if (Object.hasOwn(FACT_FIELDS, field)) return factCondition(field, value);
  const equals = value.indexOf('=');
  const [key, rest] = equals < 0 ? [value, undefined] : [value.slice(0, equals), value.slice(equals + 1)];
  switch (field) {
    case 'model':
      return {
        ...withKeys('m.name_key = ?', 'model IN (SELECT id FROM models WHERE name_key = ?)', [value.toLowerCase()]),
        model: value.toLowerCase(),
      };
    case 'stage':
      return withKeys('v.stage = ?', 'stage = ? AND deleted_seq IS NULL', [value]);
    case 'alias': {
      const sql = 'id IN (SELECT version FROM aliases WHERE alias = ?)';
      return withKeys(`v.${sql}`, sql, [value]);
    }
    case 'commit':
      return commitCondition(value.toLowerCase());
    case 'param':
      return paramCondition(key, rest);
    default:
      return tagCondition(key, rest);
  }
}

function withKeys(holds: string, keys: string, params: readonly SqlValue[]): Condition {
  return { holds: { sql: holds, params }, keys: { sql: `SELECT key AS version FROM versions WHERE ${keys}`, params } };
}

function commitCondition(prefix: string): Condition {
  // Above every hexadecimal digit, so that the range holds exactly what starts with the prefix.
  const range = 'code_commit >= ? AND code_commit < ?';
  return withKeys(`v.${range.replace(' AND ', ' AND v.')}`, range, [prefix, `${prefix}g`]);
}

function paramCondition(name: string, value: string | undefined): Condition {
  const id = '(SELECT id FROM value_names WHERE name = ?)';
  if (value === undefined) {
    return {
      holds: { sql: 'EXISTS (SELECT 1 FROM json_each(v.params) x WHERE x.key = ?)', params: [name] },
      keys: { sql: `SELECT version FROM param_values WHERE name = ${id}`, params: [name] },
    };
  }
  const params = [name, value];
  return {
    holds: {
      sql: `EXISTS (SELECT 1 FROM param_values x WHERE x.name = ${id} AND x.value = ? AND x.version = v.key)`,
      params,
    },
    keys: { sql: `SELECT version FROM param_values WHERE name = ${id} AND value = ?`, params },
  };
}

function tagCondition(key: string, value: string | undefined): Condition {
  const params = value === undefined ? [key] : [key, value];
  const tagged = value === undefined ? 'x.key = ?' : 'x.key = ? AND x.value = ?';
  return {
    holds: { sql: `EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND ${tagged})`, params },
    keys: {
      // Joined from the tags on, so that counting a few doesn't read them all.
      sql: `SELECT t.key AS version FROM tags x CROSS JOIN versions t ON t.id = x.subject WHERE ${tagged} UNION ALL
        SELECT t.key FROM tags x CROSS JOIN versions t ON t.model = x.subject WHERE ${tagged}`,
      params: [...params, ...params],
    },
    // Few tags are those of models.
    countable: { sql: `SELECT 1 FROM tags x WHERE ${tagged}`, params },
  };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  model: 'fraud-detector',
  stage: 'production',
  alias: 'champion',
  tag: 'team=risk',
  param: 'learning_rate=0.1',
  commit: '4be1c2f',
};
