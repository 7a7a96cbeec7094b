import * as v from 'valibot';
import { dangerOf } from '../base/danger-of.ts';
import type { EventOf } from '../log/events.ts';
import { maybeText } from './columns.ts';
import type { VersionFacts } from './read-models/versions.ts';
import type { Row, SqlValue } from './sqlite.ts';

/** Columns of a version that hold what its files say, in the order of `factsColumns`. */
export const FACTS_COLUMNS = 'facts, weights, facts_object, history, patch';

const nonEmpty = v.exactOptional(v.string());
const summarySchema = v.object({
  format: v.string(),
  formatVersion: nonEmpty,
  framework: v.exactOptional(v.object({ name: v.string(), version: nonEmpty })),
  architecture: nonEmpty,
  parameterCount: v.exactOptional(v.number()),
  dtypes: v.exactOptional(v.array(v.string())),
  license: nonEmpty,
  baseModels: v.exactOptional(v.array(v.object({ name: v.string(), revision: nonEmpty, url: nonEmpty }))),
  danger: v.exactOptional(v.picklist(['dangerous', 'unknown', 'none-found'])),
  problems: v.exactOptional(v.number()),
});
type StoredSummary = v.InferOutput<typeof summarySchema>;

/** What the catalog keeps of the facts of a registration. All of them stay in the log, or in an object. */
export function factsColumns({
  facts,
  history,
  code,
}: Pick<EventOf<'version.registered'>, 'facts' | 'history' | 'code'>): readonly SqlValue[] {
  // Empty: it is short, and stands in the log.
  const course = typeof history === 'object' ? '' : (history ?? null);
  const patch = code?.changes?.patch ?? null;
  if (!facts) return [null, null, null, course, patch];
  return [JSON.stringify(v.parse(summarySchema, facts)), facts.weights ?? null, facts.object ?? null, course, patch];
}

export function factsOf(row: Row): VersionFacts | undefined {
  const stored = storedSummary(maybeText(row, 'facts'));
  if (!stored) return undefined;
  const weights = maybeText(row, 'weights');
  return { ...stored, ...(weights === undefined ? {} : { weights }) };
}

/** What searches find a version by, as names and values. `facts` is the column's JSON. */
export function searchedFacts(facts: string | undefined): readonly (readonly [string, string | number])[] {
  const stored = storedSummary(facts);
  if (!stored) return [];
  const { format, framework, architecture, license, parameterCount, dtypes = [], baseModels = [] } = stored;
  const values: (readonly [string, string | number | undefined])[] = [
    ['format', format],
    ['framework', framework?.name],
    ['architecture', architecture],
    ['license', license],
    // As pages show it: of files that were read and hold nothing but data, none is recorded.
    ['danger', dangerOf(stored)],
    ['params', parameterCount],
    ...dtypes.map((dtype) => ['dtype', dtype] as const),
    ...baseModels.map(({ name }) => ['base', name] as const),
  ];
  return values.flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, typeof value === 'string' ? value.toLowerCase() : value] as const];
  });
}

function storedSummary(json: string | undefined): StoredSummary | undefined {
  return json === undefined ? undefined : v.parse(summarySchema, JSON.parse(json));
}
