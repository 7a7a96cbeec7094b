import * as v from 'valibot';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { formatMetric, headlineMetric } from '../../base/metrics.ts';
import type { LogEntry } from '../../catalog/read-models/log.ts';
import { facts, NAME_IN_ROW, oneLine, shortName } from '../version-text.ts';

const text = v.optional(v.string(), '');
const eventSchema = v.object({
  type: v.string(),
  kind: text,
  name: text,
  to: text,
  stage: text,
  alias: text,
  slice: text,
  gate: text,
  outcome: text,
  text,
  note: text,
  description: v.optional(v.unknown()),
  setTags: v.optional(v.record(v.string(), v.unknown()), {}),
  removeTags: v.optional(v.array(v.string()), []),
  override: v.optional(v.unknown()),
  dataset: v.optional(v.object({ name: text })),
  metrics: v.optional(v.record(v.string(), v.union([v.number(), v.string()])), {}),
});
type Happened = v.InferOutput<typeof eventSchema>;

/** What was done, as a narrow row says it: what tells the entry from its neighbours first. */
export interface EntryWords {
  /** `fraud-detector@7`, or what several entries of one version differ in */
  readonly label: string;
  readonly what: string;
}

/** Of the log's own sentences, which the core makes in English: names of gates, tags and metrics may look like versions, and stand elsewhere in them. */
const VERSION =
  /(?:^(?:Registered|Deleted|Archived|Promoted|Moved|Approved|Refused)|\b(?:of|to|for|on|review|promote)) ([A-Za-z0-9][\w.-]*)@(\d+)(?=[\s:;,]|$)/;
/** A sentence about a model as a whole ends with its name. */
const MODEL = / (?:of|to|for|on|model) ([A-Za-z0-9][\w.-]*)$/;

/** Undefined where the entry's own sentence is what says it. */
export function entryWords(
  { summary, events }: Pick<LogEntry, 'summary' | 'events'>,
  preferred: string | undefined,
): EntryWords | undefined {
  const parsed = v.safeParse(v.array(eventSchema), events);
  const about = aboutOf(summary);
  if (about === undefined || !parsed.success) return undefined;
  const [only, ...others] = parsed.output;
  if (others.length > 0 && parsed.output.every(({ type }) => type === 'gate.recorded'))
    return { label: about, what: gatesPassed(parsed.output) };
  // A registration comes with all that was recorded of the version.
  const event =
    parsed.output.find(({ type }) => type === 'version.registered') ?? (others.length === 0 ? only : undefined);
  if (event === undefined) return undefined;
  if (event.type === 'version.evaluated') return measured(event, about, preferred);
  if (event.type === 'alias.set') return aliased(event, t('now {version}', { version: about }));
  if (event.type === 'alias.removed') return aliased(event, t('removed from {model}', { model: about }));
  const what = whatHappened(event);
  return what === '' ? undefined : { label: about, what: oneLine(what, 100) };
}

/** The version that a sentence is about, else the model. */
export function aboutOf(summary: string): string | undefined {
  const [, model, number] = VERSION.exec(summary) ?? [];
  if (model !== undefined) return `${shortName(model, NAME_IN_ROW)}@${number}`;
  const name = MODEL.exec(summary)?.[1];
  return name === undefined ? undefined : shortName(name, NAME_IN_ROW);
}

function whatHappened(event: Happened): string {
  const { type, stage, note } = event;
  switch (type) {
    case 'version.registered':
      return t('registered');
    case 'version.deleted':
      return t('deleted');
    case 'version.annotated':
      return note === '' ? changed(event) : t('note: {text}', { text: oneLine(note, 80) });
    case 'stage.changed':
      return moved(event);
    case 'gate.recorded':
      return gatesPassed([event]);
    case 'approval.given':
      return t('approved for {stage}', { stage });
    case 'approval.refused':
      return t('refused for {stage}', { stage });
    case 'promotion.requested':
      return t('review asked for {stage}', { stage });
    case 'promotion.withdrawn':
      return t('request for {stage} withdrawn', { stage });
    case 'comment.added':
      return t('commented: {text}', { text: oneLine(event.text, 80) });
    case 'model.created':
      return t('model created');
    case 'model.updated':
      return changed(event);
    case 'model.renamed':
      return t('new name of the model');
    case 'model.deleted':
      return t('model deleted');
    case 'policy.set':
      return t('policy set');
    case 'policy.proposed':
      return t('policy proposed');
    case 'policy.withdrawn':
      return t('proposed policy withdrawn');
    case 'policy.approved':
      return t('policy approved');
    case 'policy.refused':
      return t('policy refused');
    default:
      return '';
  }
}

/** `@16 country=BR auc 0.911`: evaluations of one version differ in the slice and in what was measured. */
function measured({ metrics, dataset, slice }: Happened, version: string, preferred: string | undefined): EntryWords {
  const headline = headlineMetric(metrics, { preferred });
  const value = headline && `${shortName(headline.name, NAME_IN_ROW)} ${formatMetric(headline.value)}`;
  const names = Object.keys(metrics).slice(0, 5).join(', ');
  const of = dataset?.name ?? '';
  const how = of === '' ? t('measured: {names}', { names }) : t('measured on {of}: {names}', { of, names });
  const label = [shortName(slice, NAME_IN_ROW), value].filter(Boolean).join(' ');
  const [number] = /@[^@]*$/.exec(version) ?? [];
  return label === ''
    ? { label: version, what: oneLine(how, 100) }
    : { label: [number, label].filter(Boolean).join(' '), what: facts(version, oneLine(how, 100)) };
}

function aliased({ alias }: Happened, what: string): EntryWords {
  return { label: `@${shortName(alias, NAME_IN_ROW)}`, what };
}

function gatesPassed(events: readonly Happened[]): string {
  const [only, ...others] = events;
  if (only && others.length === 0)
    return only.outcome === 'passed'
      ? t('gate passed: {gate}', { gate: only.gate })
      : t('gate not passed: {gate}', { gate: only.gate });
  const passed = formatNumber(events.filter(({ outcome }) => outcome === 'passed').length);
  return tCount(events.length, '{passed} of {count} gate passed', '{passed} of {count} gates passed', { passed });
}

function changed({ description, setTags, removeTags }: Happened): string {
  const tags = [...Object.keys(setTags), ...removeTags].join(', ');
  if (tags === '') return t('description changed');
  return description === undefined
    ? t('tags changed: {tags}', { tags })
    : t('description and tags changed: {tags}', { tags });
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
