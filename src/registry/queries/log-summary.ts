import type { RegistryEvent } from '../../log/events.ts';
import { isKnownEvent, type UnknownEvent } from '../../log/intent.ts';
import { type Session, stateOf } from '../session.ts';

type LoggedEvent = RegistryEvent | UnknownEvent;

/** One line for a person, in terms of names and numbers. */
export function summaryOf(session: Session, events: readonly LoggedEvent[]): string {
  const parts = events.flatMap((event) =>
    isKnownEvent(event) ? describe(session, event) : [`Unknown event ${event.type}`],
  );
  const isRegistration = events.some((event) => event.type === 'version.registered');
  const shown = isRegistration ? parts.filter((part) => !/^(Created|Recorded|Stored)/.test(part)) : parts;
  return shown.join('; ') || events.map((event) => event.type).join(', ');
}

/** What the author gave as the reason, or wrote as text. */
export function reasonIn(events: readonly LoggedEvent[]): string | undefined {
  for (const event of events) {
    if (!isKnownEvent(event)) continue;
    if ('reason' in event && typeof event.reason === 'string') return event.reason;
    if (event.type === 'version.registered' && event.description !== '') return event.description;
    if (event.type === 'version.annotated') return event.note ?? event.description;
    if (event.type === 'comment.added') return event.text;
    if ('comment' in event && typeof event.comment === 'string') return event.comment;
  }
  return undefined;
}

function describe(session: Session, event: RegistryEvent): readonly string[] {
  const state = stateOf(session);
  const model = (id: string) => state.model(id)?.name ?? id;
  const label = (id: string) => {
    const version = state.version(id);
    return version ? `${model(version.model)}@${version.number}` : id;
  };
  const number = (id: string) => String(state.version(id)?.number ?? id);
  switch (event.type) {
    case 'model.created':
      return [`Created the model ${event.name}`];
    case 'model.updated':
      return [
        `Changed ${[event.description === undefined ? '' : 'the description', tagsChanged(event)].filter(Boolean).join(' and ')} of ${model(event.model)}`,
      ];
    case 'model.renamed':
      return [`Renamed a model to ${event.name}`];
    case 'model.deleted':
      return [`Deleted the model ${model(event.model)}`];
    case 'version.registered':
      return [`Registered ${label(event.version)}`];
    case 'version.annotated': {
      const { note, description } = event;
      const changed = [description === undefined ? '' : 'the description', tagsChanged(event)].filter(Boolean);
      if (note === undefined) return [`Changed ${changed.join(' and ')} of ${label(event.version)}`];
      if (changed.length === 0) return [`Added a note to ${label(event.version)}`];
      return [`Added a note to ${label(event.version)}, and changed ${changed.join(' and ')}`];
    }
    case 'version.evaluated': {
      const [version, metrics] = [label(event.version), Object.keys(event.metrics).slice(0, 5).join(', ')];
      const measuredOn = [event.dataset?.name, event.slice].filter(Boolean).join(', ');
      if (measuredOn === '') return [`Added metrics to ${version}: ${metrics}`];
      return [`Added metrics to ${version}, measured on ${measuredOn}: ${metrics}`];
    }
    case 'version.deleted':
      return [`Deleted ${label(event.version)}`];
    case 'artifact.published':
      return [`Stored artifact ${event.artifact.slice(0, 12)}`];
    case 'artifact.withdrawn':
      return [`Withdrew artifact ${event.artifact.slice(0, 12)}`];
    case 'environment.recorded':
      return [`Recorded an environment of ${event.packages.length} packages`];
    case 'stage.changed': {
      const displaced = event.displaces.map((entry) => number(entry.version)).join(', ');
      const instead = displaced === '' ? '' : ` in place of ${displaced}`;
      const override = event.override ? ' (gates overridden)' : '';
      switch (event.kind) {
        case 'rollback':
          return [`Rolled ${event.to} back to ${label(event.version)}${instead}`];
        case 'archive':
          return [`Archived ${label(event.version)}`];
        case 'demote':
          return [`Moved ${label(event.version)} back to ${event.to}`];
        default:
          return [`Promoted ${label(event.version)} to ${event.to}${instead}${override}`];
      }
    }
    case 'alias.set':
      return [`Pointed the alias ${event.alias} to ${label(event.version)}`];
    case 'alias.removed':
      return [`Removed the alias ${event.alias} of ${model(event.model)}`];
    case 'gate.recorded':
      return [`Recorded that gate ${event.gate} ${event.outcome} for ${label(event.version)}`];
    case 'approval.given':
      return [`Approved ${label(event.version)} for ${event.stage}`];
    case 'approval.refused':
      return [`Refused ${label(event.version)} for ${event.stage}`];
    case 'promotion.requested': {
      const what = label(event.version);
      const { stage, reviewers } = event;
      if (reviewers.length === 0) return [`Asked for a review of ${what} for ${stage}`];
      return [`Asked ${reviewers.join(', ')} to review ${what} for ${stage}`];
    }
    case 'promotion.withdrawn':
      return [`Withdrew the request to promote ${label(event.version)} to ${event.stage}`];
    case 'comment.added':
      return [`Commented on ${event.version === undefined ? model(event.model ?? '') : label(event.version)}`];
    case 'policy.set':
      return [`Set the policy of ${model(event.model)}`];
    case 'policy.proposed':
      return [`Proposed a policy for ${model(event.model)}`];
    case 'policy.withdrawn':
      return [`Withdrew the policy ${event.policy.slice(0, 12)} that was proposed for ${model(event.model)}`];
    case 'policy.approved':
      return [`Approved the policy ${event.policy.slice(0, 12)} for ${model(event.model)}`];
    case 'policy.refused':
      return [`Refused the policy ${event.policy.slice(0, 12)} for ${model(event.model)}`];
    case 'registry.sealed':
      return ['Sealed the registry'];
  }
}

function tagsChanged(event: {
  readonly setTags?: object | undefined;
  readonly removeTags?: readonly string[] | undefined;
}): string {
  const names = [...Object.keys(event.setTags ?? {}), ...(event.removeTags ?? [])];
  return names.length === 0 ? '' : `the tags ${names.join(', ')}`;
}
