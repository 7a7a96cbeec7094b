import type { LogEntry } from '../../catalog/read-models/log.ts';
import type { RegistryEvent } from '../../log/events.ts';
import { type Intent, isKnownEvent } from '../../log/intent.ts';
import { digestOfPolicy } from '../../rules/expectations.ts';
import type { RefusedEntry } from '../api/sharing.ts';
import { newestAbout } from '../queries/log.ts';
import { type Session, stateOf } from '../session.ts';

/** What is older was there when the person asked. */
const LOOKED_AT = 100;

/** What the rules say where something is gone, or the policy is another one: that is looked for first. */
const CAUSES: Readonly<Record<string, readonly string[]>> = {
  VERSION_DELETED: ['version.deleted', 'model.deleted'],
  MODEL_DELETED: ['model.deleted'],
  GATE_FAILED: ['policy.set'],
  OVERRIDE_REFUSED: ['policy.set'],
  STAGE_UNKNOWN: ['policy.set'],
  NOT_EXCLUSIVE: ['policy.set'],
};

/**
 * What somebody did in the shared log that stands in the way of a refused intent: who, when and why. `code` is what the rules said.
 * Undefined where that can't be told.
 */
export async function inTheWayOf(session: Session, intent: Intent, code: string): Promise<RefusedEntry['theirs']> {
  const own = intent.events.filter(isKnownEvent);
  for (const model of modelsOf(session, own)) {
    const entries = (await newestAbout(session, model, LOOKED_AT)).filter(
      (entry) => entry.void === undefined && !entry.pending && entry.id !== intent.id,
    );
    const causes = isOtherPolicy(session, intent, model) ? ['policy.set'] : (CAUSES[code] ?? []);
    const found =
      entries.find(({ events }) => events.some((event) => causes.includes(typeOf(event)))) ??
      entries.find((entry) => own.some((event) => isRival(session, event, entry)));
    if (!found) continue;
    const { by, at, reason } = found;
    return { summary: found.summary, by, at, ...(reason === undefined ? {} : { reason }) };
  }
  return undefined;
}

/** Whether the policy is another than the one that the intent relied on. */
function isOtherPolicy(session: Session, { expects }: Intent, model: string): boolean {
  const state = stateOf(session);
  return Object.entries(expects.policies ?? {}).some(
    ([id, digest]) => state.model(id)?.id === model && digestOfPolicy(state, model) !== digest,
  );
}

function modelsOf(session: Session, events: readonly RegistryEvent[]): ReadonlySet<string> {
  const state = stateOf(session);
  const models = events.flatMap((event) => {
    const [model, version] = [fieldOf(event, 'model'), fieldOf(event, 'version')];
    if (typeof model === 'string') return [state.model(model)?.id ?? model];
    const found = typeof version === 'string' ? state.version(version) : undefined;
    return found ? [found.model] : [];
  });
  return new Set(models);
}

/** Whether an entry changed what the event changes, or took it away. */
function isRival(session: Session, mine: RegistryEvent, entry: LogEntry): boolean {
  const state = stateOf(session);
  const versionOf = (event: unknown) => {
    const id = fieldOf(event, 'version');
    return typeof id === 'string' ? (state.version(id)?.id ?? id) : undefined;
  };
  const own = versionOf(mine);
  return entry.events.some((theirs) => {
    const type = typeOf(theirs);
    if (type === 'model.deleted') return true;
    const isSameVersion = own !== undefined && versionOf(theirs) === own;
    if (type === 'version.deleted') return isSameVersion;
    switch (mine.type) {
      case 'stage.changed':
        return type === 'stage.changed' && (fieldOf(theirs, 'to') === mine.to || isSameVersion);
      case 'alias.set':
      case 'alias.removed':
        return type.startsWith('alias.') && fieldOf(theirs, 'alias') === mine.alias;
      case 'version.annotated':
      case 'version.evaluated':
      case 'version.deleted':
        return type !== 'version.registered' && isSameVersion;
      default:
        return type === mine.type;
    }
  });
}

function typeOf(event: unknown): string {
  const type = fieldOf(event, 'type');
  return typeof type === 'string' ? type : '';
}

function fieldOf(event: unknown, name: string): unknown {
  return typeof event === 'object' && event !== null && Object.hasOwn(event, name)
    ? Reflect.get(event, name)
    : undefined;
}
