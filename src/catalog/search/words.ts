import type { Condition, Sql } from './conditions.ts';

/** Words that follow each other, the last of which may be cut short: in a description, remark, tag, alias or param, or the model's name. */
export function wordsCondition(text: string): Condition {
  return { holds: containing(text), text };
}

function containing(text: string): Sql {
  const { like, pattern } = matchAnywhere(text);
  const sql = `(m.name ${like} OR v.description ${like}
    OR EXISTS (SELECT 1 FROM remarks x WHERE x.subject = v.id AND x.text ${like})
    OR EXISTS (SELECT 1 FROM tags x WHERE x.subject IN (v.id, v.model) AND (x.key ${like} OR x.value ${like}))
    OR EXISTS (SELECT 1 FROM aliases x WHERE x.version = v.id AND x.alias ${like})
    OR EXISTS (SELECT 1 FROM json_each(v.params) x WHERE x.key ${like} OR x.value ${like}))`;
  const uses = sql.split('?').length - 1;
  return { sql, params: Array.from({ length: uses }, () => pattern) };
}

/** The models whose name or tags have the text: all their versions count as having them. */
export function modelsWith(text: string): Sql {
  const { like, pattern } = matchAnywhere(text);
  return {
    sql: `SELECT id FROM models WHERE deleted_seq IS NULL AND (name ${like}
      OR EXISTS (SELECT 1 FROM tags x WHERE x.subject = models.id AND (x.key ${like} OR x.value ${like})))`,
    params: [pattern, pattern, pattern],
  };
}

/** Longer texts would make patterns that SQLite refuses. */
const LONGEST_FOLDED = 5000;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** How to ask for a text anywhere in another, whatever is a capital. To `LIKE`, only the letters of ASCII are the same as their capitals. */
function matchAnywhere(text: string): { readonly like: string; readonly pattern: string } {
  if (!BEYOND_ASCII.test(text) || text.length > LONGEST_FOLDED) {
    return { like: "LIKE ? ESCAPE '\\'", pattern: `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%` };
  }
  return { like: 'GLOB ?', pattern: `*${Array.from(text, eitherCase).join('')}*` };
}

function eitherCase(character: string): string {
  if (/[*?[]/.test(character)) return `[${character}]`;
  const isPlain = !BEYOND_ASCII.test(character);
  // Without those that the index of words takes for another letter: SS for ß, I for ı.
  const cases = [character.toLowerCase(), character.toUpperCase()].filter(
    (one) => one !== character && Array.from(one).length === 1 && (isPlain || BEYOND_ASCII.test(one)),
  );
  return cases.length === 0 ? character : `[${character}${cases.join('')}]`;
}
