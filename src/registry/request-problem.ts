import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { quoted } from '../base/schema-words.ts';
import { eventSchema, type RegistryEvent } from '../log/events.ts';

/** What people call the texts of an event. */
const TEXTS: Readonly<Record<string, string>> = {
  reason: 'reason',
  note: 'note',
  text: 'comment',
  comment: 'comment',
  description: 'description',
};
/** And what they name in one. */
const NAMED: Readonly<Record<string, string>> = { setTags: 'tag', tags: 'tag', metrics: 'metric', params: 'param' };

/** `TEXT_TOO_LONG` for the first text of a request that the log can't keep; undefined where none is too long. */
export function textTooLong(events: readonly RegistryEvent[]): RegistryError | undefined {
  for (const event of events) {
    const parsed = v.safeParse(eventSchema, event);
    const [issue] = parsed.success ? [] : parsed.issues;
    if (issue?.type !== 'max_length' || typeof issue.input !== 'string') continue;
    const what = nameOf(issue);
    const { requirement } = issue;
    if (what === undefined || typeof requirement !== 'number') continue;
    const [length, most] = [issue.input.length, requirement].map((count) => count.toLocaleString('en-US'));
    return new RegistryError(
      'TEXT_TOO_LONG',
      `The ${what} has ${length} characters, and the log keeps ${most} at most. Shorten it. Nothing was changed.`,
    );
  }
  return undefined;
}

function nameOf(issue: v.BaseIssue<unknown>): string | undefined {
  const path: readonly v.IssuePathItem[] = issue.path ?? [];
  const [first, second] = path.map(({ key }) => String(key));
  if (first === undefined) return undefined;
  const last = path.at(-1);
  const named = Object.hasOwn(NAMED, first) ? NAMED[first] : undefined;
  if (named === undefined) return path.length === 1 && Object.hasOwn(TEXTS, first) ? TEXTS[first] : undefined;
  return last && 'origin' in last && last.origin === 'key' ? `name of a ${named}` : `${named} ${quoted(second ?? '')}`;
}
