import type { Condition, Sql } from './conditions.ts';

/** Words that follow each other, the last of which may be cut short: in a description, remark, tag, alias or param, or the model's name. */
export function wordsCondition(text: string): Condition {
  return { holds: containing(text), text };
}

function containing(text: string): Sql {
  const like = `%${escaped(text)}%`;
  const sql = `(m.name LIKE ?1 ESCAPE '\\' OR v.description LIKE ?1 ESCAPE '\\'
    OR EXISTS (SELECT 1 FROM remarks x WHERE x.subject = v.id AND x.text LIKE ?1 ESCAPE '\\')
    OR EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND (x.key LIKE ?1 ESCAPE '\\' OR x.value LIKE ?1 ESCAPE '\\'))
    OR EXISTS (SELECT 1 FROM aliases x WHERE x.version = v.id AND x.alias LIKE ?1 ESCAPE '\\')
    OR EXISTS (SELECT 1 FROM json_each(v.params) x WHERE x.key LIKE ?1 ESCAPE '\\' OR x.value LIKE ?1 ESCAPE '\\'))`;
  const uses = sql.split('?1').length - 1;
  return { sql: sql.replaceAll('?1', '?'), params: Array.from({ length: uses }, () => like) };
}

/** The models whose name or tags have the text: all their versions count as having them. */
export function modelsWith(text: string): Sql {
  const like = `%${escaped(text)}%`;
  return {
    sql: `SELECT id FROM models WHERE deleted_seq IS NULL AND (name LIKE ? ESCAPE '\\'
      OR EXISTS (SELECT 1 FROM tags x WHERE x.subject = models.id AND (x.key LIKE ? ESCAPE '\\' OR x.value LIKE ? ESCAPE '\\')))`,
    params: [like, like, like],
  };
}

function escaped(value: string): string {
  return value.replace(/[\\%_]/g, (character) => `\\${character}`);
}
