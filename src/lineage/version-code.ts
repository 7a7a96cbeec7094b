import { RegistryError } from '../base/errors.ts';
import type { CodeLineage } from '../catalog/read-models/lineage.ts';
import type { RegistryQueries } from '../registry/api/queries.ts';
import { codeBetween } from './code-between.ts';
import type { CodeBetween } from './code-history.ts';
import { type SourceFile, sourceFile } from './source-file.ts';

/** What is asked of the registry. */
type Asked = Pick<RegistryQueries, 'show' | 'patch'>;

/** A version's code with the uncommitted changes that were recorded. */
interface VersionCode {
  readonly name: string;
  readonly code: CodeLineage;
  readonly patch?: Uint8Array | undefined;
  /** What can't be told of the changes, and why. */
  readonly missing: readonly string[];
}

/**
 * Commits and files between the code of two versions, their uncommitted changes included, from the first of `folders` whose repository has both commits; undefined
 * where a version has no code. Throws `GIT_MISSING`, `REPOSITORY_NOT_FOUND`, `COMMIT_NOT_FOUND`.
 */
export async function codeBetweenVersions(
  registry: Asked,
  request: { readonly folders: readonly string[]; readonly beforeId: string; readonly afterId: string },
  signal?: AbortSignal,
): Promise<CodeBetween | undefined> {
  const { folders, beforeId, afterId } = request;
  const [before, after] = await Promise.all([codeOf(registry, beforeId), codeOf(registry, afterId)]);
  if (!before || !after) return undefined;
  const between = await codeBetween({
    folders,
    before: { commit: before.code.commit, patch: before.patch },
    after: { commit: after.code.commit, patch: after.patch },
    signal,
  });
  return { ...between, missing: [...between.missing, ...before.missing, ...after.missing] };
}

/** A file as a version was trained with it. Throws `CODE_UNKNOWN`, `COMMIT_NOT_FOUND`, `GIT_MISSING`. */
export async function sourceFileOfVersion(
  registry: Asked,
  request: { readonly folders: readonly string[]; readonly versionId: string; readonly path: string },
): Promise<SourceFile> {
  const { folders, versionId, path } = request;
  const found = await codeOf(registry, versionId);
  if (!found) throw new RegistryError('CODE_UNKNOWN', 'The version was registered without its code.');
  return sourceFile({ folders, commit: found.code.commit, patch: found.patch, path });
}

async function codeOf(registry: Asked, ref: string): Promise<VersionCode | undefined> {
  const { model, number, lineage } = await registry.show({ ref });
  const { code } = lineage;
  if (!code) return undefined;
  const name = `${model}@${number}`;
  if (!code.isDirty) return { name, code, missing: [] };
  if (!code.changes) return { name, code, missing: [`The uncommitted changes of ${name} weren’t recorded.`] };
  const { leftOutCount, untrackedCount } = code.changes;
  const missing = [
    ...leftOut(leftOutCount, [
      `Of the uncommitted changes of ${name}, 1 changed file wasn’t recorded.`,
      `Of the uncommitted changes of ${name}, ${leftOutCount} changed files weren’t recorded.`,
    ]),
    ...leftOut(untrackedCount, [
      `Of the uncommitted changes of ${name}, 1 file that git doesn’t track wasn’t recorded.`,
      `Of the uncommitted changes of ${name}, ${untrackedCount} files that git doesn’t track weren’t recorded.`,
    ]),
  ];
  try {
    return { name, code, patch: await registry.patch({ ref }), missing };
  } catch (error) {
    if (!RegistryError.is(error)) throw error;
    return { name, code, missing: [...missing, `The uncommitted changes of ${name} can’t be read: ${error.message}`] };
  }
}

function leftOut(count: number, [one, several]: readonly [string, string]): readonly string[] {
  return count === 0 ? [] : [count === 1 ? one : several];
}
