import { RegistryError } from '../../base/errors.ts';
import type { Condition, Sql } from './conditions.ts';

/** What can be asked of the facts of a version by `name:value`, with an example of each. */
export const FACT_FIELDS: Readonly<Record<string, string>> = {
  format: 'safetensors',
  framework: 'pytorch',
  architecture: 'BertForMaskedLM',
  dtype: 'bfloat16',
  license: 'apache-2.0',
  base: 'bert-base-uncased',
  danger: 'dangerous',
  weights: '9b71d224bd62',
};

/** Fields of few values that people know; of the others a part suffices. */
const WHOLE: ReadonlySet<string> = new Set(['format', 'dtype', 'danger']);
/** What people call a framework, and what it calls itself. */
const CALLED: Readonly<Record<string, string>> = { sklearn: 'scikit-learn', torch: 'pytorch', tf: 'tensorflow' };

const MULTIPLES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };

export function factCondition(field: string, text: string): Condition {
  const value = text.toLowerCase();
  if (field === 'weights') return weightsCondition(value);
  if (WHOLE.has(field)) {
    const sql = 'SELECT version FROM fact_values WHERE name = ? AND value = ?';
    const params = [field, value];
    return {
      holds: {
        sql: `EXISTS (SELECT 1 FROM fact_values x WHERE x.name = ? AND x.value = ? AND x.version = v.key)`,
        params,
      },
      keys: { sql, params },
    };
  }
  const called = Object.hasOwn(CALLED, value) ? (CALLED[value] ?? value) : value;
  const wanted = field === 'framework' ? [value, called] : [value, value];
  return {
    holds: { sql: `(${PARTS[field]})`, params: wanted },
    keys: {
      sql: 'SELECT version FROM fact_values WHERE name = ? AND (instr(value, ?) OR instr(value, ?))',
      params: [field, ...wanted],
    },
  };
}

const within = (path: string) =>
  `instr(lower(json_extract(v.facts, '${path}')), ?) OR instr(lower(json_extract(v.facts, '${path}')), ?)`;
const PARTS: Readonly<Record<string, string>> = {
  framework: within('$.framework.name'),
  architecture: within('$.architecture'),
  license: within('$.license'),
  base: `EXISTS (SELECT 1 FROM json_each(v.facts, '$.baseModels') b
    WHERE instr(lower(json_extract(b.value, '$.name')), ?) OR instr(lower(json_extract(b.value, '$.name')), ?))`,
};

function weightsCondition(prefix: string): Condition {
  const range = (column: string) => `${column} >= ? AND ${column} < ?`;
  // Above every hexadecimal digit, so that the range holds exactly what starts with the prefix.
  const params = [prefix, `${prefix}g`];
  return {
    holds: { sql: range('v.weights'), params },
    keys: { sql: `SELECT key AS version FROM versions WHERE ${range('weights')}`, params },
  };
}

/** `params>7b`: how many parameters the model has. A metric of that name, as some trainings report it, counts as well. */
export function parameterCondition(
  term: string,
  operator: string,
  text: string,
  metric: (value: number) => Condition,
): Condition {
  const [, digits = '', unit = ''] = /^([0-9.,_e+]+)([kmbgt]?)$/i.exec(text) ?? [];
  const value = Number(digits.replaceAll(/[,_]/g, '')) * (MULTIPLES[unit.toLowerCase()] ?? 1);
  if (digits === '' || Number.isNaN(value)) {
    throw new RegistryError(
      'QUERY_INVALID',
      `${term} compares the number of parameters with "${text}", which is no number. Write for example params>7B or params<=110000000.`,
    );
  }
  const own = metric(value);
  const counted: Sql = { sql: `json_extract(v.facts, '$.parameterCount') ${operator} ?`, params: [value] };
  const keys: Sql = {
    sql: `SELECT version FROM fact_values WHERE name = 'params' AND value ${operator} ?`,
    params: [value],
  };
  return {
    holds: either(counted, own.holds),
    ...(own.keys
      ? { keys: { sql: `${keys.sql} UNION ${own.keys.sql}`, params: [...keys.params, ...own.keys.params] } }
      : {}),
  };
}

function either(a: Sql, b: Sql): Sql {
  return { sql: `(${a.sql} OR ${b.sql})`, params: [...a.params, ...b.params] };
}
