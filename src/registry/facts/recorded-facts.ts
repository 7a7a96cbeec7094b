import { MAX_NAMED, type RecordedFacts } from '../../log/events.ts';
import { summariseFacts } from '../../modelfiles/facts-summary.ts';
import type { StoredFacts } from './stored-facts.ts';

/** Facts whose JSON is so short are kept in the event: reading them costs nothing then, and sharing them no request. */
export const INLINE_BYTES = 8192;

/** What an event says of the facts, without where all of them are. Text of files is cut to what an event may hold. */
export function recordedSummary(facts: StoredFacts): RecordedFacts {
  const { formatVersion, framework, architecture, parameterCount, license, weights, danger, problems } = facts;
  const dtypes = summariseFacts(facts, '').dtypes.flatMap(({ dtype }) => line(dtype, 64) ?? []);
  const baseModels = (facts.baseModels ?? []).flatMap(({ name, revision, url }) => {
    const named = line(name, 512);
    if (named === undefined) return [];
    return [{ name: named, ...optional('revision', line(revision, 256)), ...optional('url', line(url, 2048)) }];
  });
  const frameworkName = line(framework?.name, 128);
  return {
    format: line(facts.format, 64) ?? 'unknown',
    ...optional('formatVersion', line(formatVersion, 64)),
    ...(frameworkName === undefined
      ? {}
      : { framework: { name: frameworkName, ...optional('version', line(framework?.version, 128)) } }),
    ...optional('architecture', line(architecture, 512)),
    ...optional('parameterCount', Number.isSafeInteger(parameterCount) ? parameterCount : undefined),
    ...(dtypes.length > 0 ? { dtypes: dtypes.slice(0, MAX_NAMED) } : {}),
    ...optional('license', line(license, 256)),
    ...(baseModels.length > 0 ? { baseModels: baseModels.slice(0, MAX_NAMED) } : {}),
    ...optional('weights', weights),
    ...optional('danger', danger?.verdict),
    ...(problems && problems.length > 0 ? { problems: problems.length } : {}),
  };
}

/** One line of at most `max` characters, none of them a control character; undefined where nothing is left. */
function line(text: string | undefined, max: number): string | undefined {
  const plain = (text ?? '').replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ').trim();
  // A character that takes two places isn't cut in half.
  const cut = plain.slice(0, max).replace(/[\ud800-\udbff]$/, '');
  return cut === '' ? undefined : cut;
}

function optional<K extends string, T>(name: K, value: T | undefined): { readonly [N in K]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in K]?: T });
}
