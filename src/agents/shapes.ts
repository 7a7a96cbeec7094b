import type { Page } from '../catalog/paging.ts';
import type { Author } from '../catalog/read-models/author.ts';
import type { Metrics } from '../catalog/read-models/values.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';

// Versions and people as tools tell them: in few words.

const MAX_METRICS = 12;

export function labelOf({ model, number, id, pending }: VersionSummary): string {
  return pending ? `${model}@draft-${id.slice(-6).toLowerCase()}` : `${model}@${number}`;
}

/** Names are claims unless they signed. */
export function personOf({ name, email, signer }: Author): string {
  const claimed = email === '' ? name : `${name} <${email}>`;
  return signer === undefined ? claimed : `${claimed} (signed by ${signer})`;
}

export function summaryOf(version: VersionSummary) {
  const { stage, stageSince, stageClaimedAt, createdAt, claimedAt, createdBy, aliases, description, tags } = version;
  return {
    version: labelOf(version),
    stage,
    inStageSince: stageClaimedAt ?? stageSince,
    registeredAt: claimedAt ?? createdAt,
    registeredBy: personOf(createdBy),
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(description === '' ? {} : { description }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
    metrics: firstMetrics(version.metrics),
    ...(version.pending || version.stagePending ? { notSharedYet: true } : {}),
  };
}

function firstMetrics(metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).slice(0, MAX_METRICS));
}

/** The entries of a page, and how to go on. */
export function pageOf<T>(name: string, { items, next }: Page<T>, shapeOf: (item: T) => unknown) {
  return { [name]: items.map(shapeOf), ...(next === undefined ? {} : { next }) };
}
