import * as v from 'valibot';
import { t } from '../../base/language.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import { oneLine } from '../version-text.ts';

const text = v.optional(v.string(), '');
const eventSchema = v.object({
  type: v.string(),
  kind: text,
  to: text,
  stage: text,
  alias: text,
  slice: text,
  override: v.optional(v.unknown()),
  dataset: v.optional(v.object({ name: text })),
  metrics: v.optional(v.record(v.string(), v.unknown())),
});
type Happened = v.InferOutput<typeof eventSchema>;

/** What was done with one version, as a narrow row says it: which version first. */
export interface EntryWords {
  /** `fraud-detector@7` */
  readonly version: string;
  readonly what: string;
}

/** Undefined where the entry's own sentence is what says it. */
export function entryWords({ summary, events }: Pick<LogEntry, 'summary' | 'events'>): EntryWords | undefined {
  const version = /(?:^|\s)([A-Za-z0-9][A-Za-z0-9._-]*@\d+)(?=[\s:;,]|$)/.exec(summary)?.[1];
  const parsed = v.safeParse(v.array(eventSchema), events);
  if (version === undefined || !parsed.success) return undefined;
  const [only, ...others] = parsed.output;
  // A registration comes with all that was recorded of the version.
  const event =
    parsed.output.find(({ type }) => type === 'version.registered') ?? (others.length === 0 ? only : undefined);
  const what = event === undefined ? '' : whatHappened(event);
  return what === '' ? undefined : { version, what: oneLine(what, 100) };
}

function whatHappened(event: Happened): string {
  const { type, stage, alias } = event;
  switch (type) {
    case 'version.registered':
      return t('registered');
    case 'version.evaluated':
      return measured(event);
    case 'version.deleted':
      return t('deleted');
    case 'stage.changed':
      return moved(event);
    case 'alias.set':
      return t('alias {alias}', { alias });
    case 'approval.given':
      return t('approved for {stage}', { stage });
    case 'approval.refused':
      return t('refused for {stage}', { stage });
    case 'promotion.requested':
      return t('review asked for {stage}', { stage });
    case 'comment.added':
      return t('commented on');
    default:
      return '';
  }
}

/** With what tells several of the same version apart: the slice, and the dataset. */
function measured({ metrics = {}, dataset, slice }: Happened): string {
  const names = Object.keys(metrics).slice(0, 5).join(', ');
  const of = [slice, dataset?.name ?? ''].filter((part) => part !== '').join(', ');
  return of === '' ? t('measured: {names}', { names }) : t('measured on {of}: {names}', { of, names });
}

function moved({ kind, to: stage, override }: Happened): string {
  switch (kind) {
    case 'rollback':
      return t('rolled back to {stage}', { stage });
    case 'archive':
      return t('archived');
    case 'demote':
      return t('back to {stage}', { stage });
    default:
      return override === undefined || override === false
        ? t('to {stage}', { stage })
        : t('to {stage}, gates overridden', { stage });
  }
}
