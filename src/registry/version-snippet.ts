import type { VersionDetails } from '../catalog/read-models/versions.ts';
import { type LoadSnippet, loadSnippet, type SnippetSubject } from '../modelfiles/loading/load-snippet.ts';

/** How to load a version, named by `ref` or by its number. `facts` are those of its files, where more is known than the version's own say. */
export function versionSnippet(
  version: VersionDetails,
  { ref, facts }: { readonly ref?: string; readonly facts?: SnippetSubject['facts'] | undefined } = {},
): LoadSnippet {
  const { lineage } = version;
  const own = facts ?? version.facts;
  return loadSnippet({
    ref: ref ?? `${version.model}@${version.pending ? `draft-${version.id.slice(-6).toLowerCase()}` : version.number}`,
    files: version.files ?? [],
    ...(own ? { facts: own } : {}),
    packages: lineage.dependencies,
    ...(lineage.baseModel?.number === undefined ? {} : { base: baseRef(lineage.baseModel, version.model) }),
  });
}

function baseRef({ name, number }: NonNullable<VersionDetails['lineage']['baseModel']>, model: string): string {
  if (name.includes('@')) return name;
  return `${name === '' ? model : name}@${number}`;
}
