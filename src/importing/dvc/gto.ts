import { join } from 'node:path';
import { RegistryError } from '../../base/errors.ts';
import { askGit } from '../../lineage/git-process.ts';
import { parentOf } from '../../runs/paths.ts';
import type { RunFiles } from '../../runs/run-files.ts';
import type { FoundVersion } from '../found.ts';
import { description } from '../names.ts';
import { cachedFiles } from './dvc-cache.ts';
import { artifactsIn, type DvcArtifact, entryOf, type ReadText } from './dvc-files.ts';

const MAX_TAGS = 5000;
const MAX_TAGS_BYTES = 4 * 1024 * 1024;
const MAX_FILE_BYTES = 1024 * 1024;
/** Tags of GTO: `name@v1.2.0`, `name#prod#3`, `name#prod!#4`; a name in a sub-folder is `folder=name`, once `folder:name`. */
const VERSION = /^(.+)@(v\d+\.\d+\.\d+\S*)$/;
const STAGE = /^([^#]+)#([^#!]+)(!?)(?:#(\d+))?$/;
const STAGES: ReadonlyMap<string, string> = new Map([
  ['prod', 'production'],
  ['production', 'production'],
  ['stage', 'staging'],
  ['staging', 'staging'],
  ['archive', 'archived'],
  ['archived', 'archived'],
]);

interface Tag {
  readonly name: string;
  readonly commit: string;
  readonly at: string;
  readonly by: string;
}

/** The tags of a repository that may be GTO's; none where there is no repository, or no git. */
export async function gtoTags(files: RunFiles): Promise<readonly Tag[]> {
  const fields = ['refname:strip=2', 'objectname', '*objectname', 'creatordate:iso-strict', 'taggername'];
  const format = fields.map((field) => `%(${field})`).join('%00');
  try {
    const told = await askGit(files.root, ['for-each-ref', '--sort=creatordate', `--format=${format}`, 'refs/tags'], {
      maxBytes: MAX_TAGS_BYTES,
    });
    return told
      .toString('utf8')
      .split('\n')
      .slice(0, MAX_TAGS)
      .map((line) => line.split('\0'))
      .flatMap(([name = '', object = '', tagged = '', at = '', by = '']) =>
        VERSION.test(name) || STAGE.test(name) ? [{ name, commit: tagged || object, at, by }] : [],
      )
      .filter(({ commit }) => /^[0-9a-f]{40,64}$/.test(commit));
  } catch (error) {
    if (RegistryError.is(error)) return [];
    throw error;
  }
}

/** The versions that somebody registered with a tag, with the files that DVC has of them in its cache, in the order of their numbers. */
export async function gtoVersions(
  artifact: DvcArtifact,
  declaredIn: string,
  tags: readonly Tag[],
  files: RunFiles,
): Promise<readonly FoundVersion[]> {
  const folder = parentOf(declaredIn);
  const isOwn = (name: string) =>
    [artifact.name, `${folder}=${artifact.name}`, `${folder}:${artifact.name}`].includes(name);
  const stages = stagesByCommit(tags, isOwn);
  const versions: FoundVersion[] = [];
  for (const tag of tags) {
    const [, name = '', label = ''] = VERSION.exec(tag.name) ?? [];
    if (!isOwn(name)) continue;
    const at = Date.parse(tag.at);
    const stage = stages.get(tag.commit);
    versions.push({
      label,
      origin: `dvc:${artifact.path}@${label}`,
      ...(await filesAt(tag, artifact, declaredIn, files)),
      ...(Number.isNaN(at) ? {} : { at: new Date(at).toISOString() }),
      ...(tag.by === '' ? {} : { by: tag.by.slice(0, 200) }),
      ...description(artifact.description),
      ...(stage === undefined ? {} : { stage }),
      commit: tag.commit,
    });
  }
  return versions.toSorted((a, b) => a.label.localeCompare(b.label, 'en', { numeric: true }));
}

/** In which stage a commit's version is now: of the tags for a stage, the one with the highest number counts. */
function stagesByCommit(tags: readonly Tag[], isOwn: (name: string) => boolean): ReadonlyMap<string, string> {
  const newest = new Map<string, { readonly number: number; readonly commit: string; readonly isTaken: boolean }>();
  for (const { name, commit } of tags) {
    const [, model = '', stage = '', back = '', number = '0'] = STAGE.exec(name) ?? [];
    if (!isOwn(model)) continue;
    const known = newest.get(stage);
    if (!known || Number(number) >= known.number)
      newest.set(stage, { number: Number(number), commit, isTaken: back === '' });
  }
  const stages = new Map<string, string>();
  for (const [name, { commit, isTaken }] of newest) {
    const stage = STAGES.get(name.toLowerCase());
    if (isTaken && stage !== undefined && stages.get(commit) !== 'production') stages.set(commit, stage);
  }
  return stages;
}

/** The files as they were in a commit. */
async function filesAt(
  { commit }: Tag,
  { name, path }: DvcArtifact,
  declaredIn: string,
  files: RunFiles,
): Promise<Pick<FoundVersion, 'paths' | 'sizeBytes' | 'staged' | 'problem' | 'metrics' | 'params'>> {
  const read = await readerAt(commit, files);
  // It may have been somewhere else then.
  const then = (await artifactsIn(declaredIn, read).catch(() => [])).find((artifact) => artifact.name === name);
  const place = then?.path ?? path;
  const entry = await entryOf(place, parentOf(declaredIn), read).catch(() => undefined);
  const cached = entry && (await cachedFiles(place, entry, files));
  if (cached) return { paths: [place], ...cached };
  return {
    paths: [],
    sizeBytes: 0,
    problem: entry
      ? `its files aren't in DVC's cache here: fetch them with \`dvc fetch --all-tags\`, and import again`
      : `DVC has nothing of ${place} at commit ${commit.slice(0, 7)}: check that commit out, and register the file`,
  };
}

async function readerAt(commit: string, files: RunFiles): Promise<ReadText> {
  const prefix = (await askGit(files.root, ['rev-parse', '--show-prefix'])).toString('utf8').trim();
  return async (path) => {
    try {
      const name = `${commit}:${join(prefix, path).replaceAll('\\', '/')}`;
      return (await askGit(files.root, ['cat-file', 'blob', name], { maxBytes: MAX_FILE_BYTES })).toString('utf8');
    } catch (error) {
      if (RegistryError.is(error)) return undefined;
      throw error;
    }
  };
}
