import { text } from '../columns.ts';
import type { Sqlite } from '../sqlite.ts';
import { FIELDS } from './conditions.ts';

const STAGES_SQL = `SELECT DISTINCT x.value ->> 'name' AS name FROM models m, json_each(m.policy, '$.stages') x
  WHERE m.policy IS NOT NULL AND m.deleted_seq IS NULL AND x.type = 'object' ORDER BY 1 LIMIT 100`;

/** What a query that finds nothing asks for, that there isn't. */
export type Unknown =
  | { readonly kind: 'stage'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'field'; readonly name: string; readonly term: string; readonly known: readonly string[] };

/** The first term of a query that names a stage that no model has, or a field that nothing is searched by. Addresses and what stands in quotes are texts. */
export function unknownIn(db: Sqlite, query: string, defaultStages: readonly string[]): Unknown | undefined {
  for (const term of query.match(/"[^"]*"|\S+/g) ?? []) {
    const [, name = '', value = ''] = /^([a-z][a-z-]*):(?!\/\/)(.+)$/i.exec(term) ?? [];
    if (name === '') continue;
    if (!FIELDS.includes(name)) return { kind: 'field', name, term, known: FIELDS };
    if (name !== 'stage') continue;
    const known = new Set([...defaultStages, ...db.all(STAGES_SQL).map((row) => text(row, 'name'))]);
    if (!known.has(value)) return { kind: 'stage', name: value, known: [...known] };
  }
  return undefined;
}
