import type { VersionSummary } from '../../extension/messages/core-types.ts';

/** `2`, and `draft-<6>` while the version isn't in the log that gives numbers. */
export function versionNumber(version: Pick<VersionSummary, 'id' | 'number' | 'pending'>): string {
  return version.pending ? `draft-${version.id.slice(-6).toLowerCase()}` : String(version.number);
}
