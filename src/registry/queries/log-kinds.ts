import type { LogEntry, LogKind } from '../../catalog/read-models/log.ts';
import type { RegistryEvent } from '../../log/events.ts';
import { isKnownEvent, type UnknownEvent } from '../../log/intent.ts';
import { type Session, stateOf } from '../session.ts';

const kinds: Readonly<Record<string, LogKind>> = {
  'version.registered': 'registration',
  'stage.changed': 'stage',
  'gate.recorded': 'review',
  'approval.given': 'review',
  'approval.refused': 'review',
  'promotion.requested': 'review',
  'promotion.withdrawn': 'review',
  'policy.proposed': 'review',
  'policy.withdrawn': 'review',
  'policy.approved': 'review',
  'policy.refused': 'review',
  'comment.added': 'remark',
  'version.annotated': 'remark',
  'version.evaluated': 'measurement',
};

/** By the first event that says. */
export function kindOf(events: readonly (RegistryEvent | UnknownEvent)[]): LogKind {
  for (const { type } of events) {
    if (Object.hasOwn(kinds, type)) return kinds[type] ?? 'change';
  }
  return 'change';
}

/** The version that events are about first, else the model. */
export function subjectOf(
  session: Session,
  events: readonly (RegistryEvent | UnknownEvent)[],
): LogEntry['subject'] | undefined {
  const state = stateOf(session);
  const known = events.filter(isKnownEvent);
  for (const event of known) {
    const version = 'version' in event && typeof event.version === 'string' ? state.version(event.version) : undefined;
    if (version && !version.isDeleted) return { modelId: version.model, versionId: version.id };
  }
  for (const event of known) {
    const model = 'model' in event && typeof event.model === 'string' ? state.model(event.model) : undefined;
    if (model && !model.isDeleted) return { modelId: model.id };
  }
  return undefined;
}
