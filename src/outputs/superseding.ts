import type { Tags } from '../catalog/read-models/values.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { Registry } from '../registry/api/registry.ts';

/** Tag of a version that took the place of one that was registered too early. */
const SUPERSEDES_TAG = 'supersedes';
/** Tag of a version that was registered before its run had written all of it. */
const SUPERSEDED_TAG = 'superseded-by';

/** The version that takes this one's place, as in its tag: `4`; undefined where none does. */
export function supersededBy(version: Pick<VersionSummary, 'tags'>): string | undefined {
  return Object.hasOwn(version.tags, SUPERSEDED_TAG) ? version.tags[SUPERSEDED_TAG] : undefined;
}

/** What a version gets that takes the place of an earlier one of the same run. */
export function supersedingTags(earlier: VersionSummary): Tags {
  return { [SUPERSEDES_TAG]: shortName(earlier) };
}

/** Notes on both versions of one run that the later one is meant, and marks the earlier. */
export async function markSuperseded(
  registry: Pick<Registry, 'tag' | 'note'>,
  earlier: VersionSummary,
  later: VersionSummary,
): Promise<void> {
  await registry.tag({ ref: earlier.id, set: { [SUPERSEDED_TAG]: shortName(later) } });
  await registry.note({
    ref: earlier.id,
    text: `Registered before its run had ended: the run went on to write version ${shortName(later)}. Use that one.`,
  });
  await registry.note({
    ref: later.id,
    text: `Takes the place of version ${shortName(earlier)}, which was registered before this run had ended.`,
  });
}

function shortName({ id, number, pending }: VersionSummary): string {
  return pending ? `draft-${id.slice(-6).toLowerCase()}` : String(number);
}
