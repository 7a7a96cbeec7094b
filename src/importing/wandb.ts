import { basename } from 'node:path';
import { verdictOfName } from '../outputs/finding/model-names.ts';
import { nameOf, pathBelow } from '../runs/paths.ts';
import type { RunFiles } from '../runs/run-files.ts';
import { wandbReader } from '../runs/wandb/wandb.ts';
import type { FoundModel, FoundVersion } from './found.ts';
import { modelNameOf, timeOf, withDistinctNames } from './names.ts';
import { extentOf } from './sizes.ts';
import type { Source } from './sources.ts';

const RUN = /^(?:offline-)?run-\d{8}_\d{6}-([\w-]{1,128})$/;
/** A model that was fetched as an artifact, `artifacts/churn:v3`; without the colon where a file system has none. */
const ARTIFACT = /^(.{1,128})[:-]v(\d{1,9})$/;
const MAX_DEPTH = 4;
const MAX_FILES = 200;

/** Runs of W&B with model files among what they saved, and artifacts that were fetched. */
export const wandb: Source = {
  kind: 'wandb',
  isWhole: true,
  readsTogether: true,
  recognise({ folder, entries }) {
    if (nameOf(folder) === 'artifacts')
      return entries
        .filter(({ name, isFolder }) => isFolder && ARTIFACT.test(name))
        .map(({ name }) => pathBelow(folder, name));
    return entries
      .filter(({ name, isFolder }) => isFolder && RUN.test(name))
      .map(({ name }) => pathBelow(folder, name));
  },
  async read(places, { files, claimed }) {
    const models = new Map<string, FoundModel>();
    const add = (name: string, place: string, version: FoundVersion) => {
      const known = models.get(name);
      models.set(
        name,
        known
          ? { ...known, versions: [...known.versions, version] }
          : { source: 'wandb', place, name, isRegistered: true, versions: [version] },
      );
    };
    for (const place of places) {
      const [, artifact, number] = ARTIFACT.exec(nameOf(place)) ?? [];
      if (artifact !== undefined && !RUN.test(nameOf(place))) {
        const version = await artifactVersion(place, `${artifact}:v${number}`, files);
        if (version) add(modelNameOf(artifact), 'artifacts', version);
        continue;
      }
      const paths = await modelFilesIn(pathBelow(place, 'files'), files);
      if (paths.length === 0 || paths.some((path) => claimed.has(path))) continue;
      const { name, version } = await runVersion(place, paths, files);
      add(name, place.slice(0, place.lastIndexOf('/')), version);
    }
    const ordered = [...models.values()].map((model) => ({ ...model, versions: model.versions.toSorted(inOrder) }));
    return { models: withDistinctNames(ordered) };
  },
};

/** Artifacts by their numbers, runs by their times. */
function inOrder(one: FoundVersion, other: FoundVersion): number {
  const number = ({ label }: FoundVersion) => Number(/^v(\d+)$/.exec(label)?.[1] ?? Number.NaN);
  return number(one) - number(other) || (one.at ?? '').localeCompare(other.at ?? '');
}

async function artifactVersion(place: string, name: string, files: RunFiles): Promise<FoundVersion | undefined> {
  const extent = (await modelFilesIn(place, files)).length === 0 ? undefined : await extentOf(place, files);
  if (!extent) return undefined;
  return {
    label: name.slice(name.lastIndexOf(':') + 1),
    origin: `wandb:${name}`,
    paths: [place],
    sizeBytes: extent.sizeBytes,
    ...timeOf(extent.mtimeMs),
  };
}

async function runVersion(
  place: string,
  paths: readonly string[],
  files: RunFiles,
): Promise<{ readonly name: string; readonly version: FoundVersion }> {
  const outputs = { paths: [], changedAtMs: 0, runIds: new Set<string>() };
  const [record] = await wandbReader.read(place, { files, sinceMs: 0, outputs });
  const id = record?.id ?? RUN.exec(nameOf(place))?.[1] ?? '';
  const extents = await Promise.all(paths.map((path) => extentOf(path, files)));
  return {
    name: modelNameOf(record?.group, basename(files.root)),
    version: {
      label: id,
      origin: `wandb:${nameOf(place)}`,
      paths,
      sizeBytes: extents.reduce((sum, extent) => sum + (extent?.sizeBytes ?? 0), 0),
      run: { id, tracker: 'wandb', place },
      ...(record?.endedAt === undefined
        ? timeOf(Math.max(...extents.map((extent) => extent?.mtimeMs ?? 0)))
        : { at: record.endedAt }),
    },
  };
}

/** Model files, and folders that are models as a whole. */
async function modelFilesIn(folder: string, files: RunFiles, depth = 0): Promise<readonly string[]> {
  const entries = await files.list(folder);
  if (depth > 0 && entries.some(({ name }) => /^(?:config\.json|MLmodel|saved_model\.pb)$/.test(name))) {
    const isModel = entries.some(({ name, isFolder }) => !isFolder && verdictOfName(name) === 'model');
    return isModel ? [folder] : [];
  }
  const found: string[] = [];
  for (const { name, isFolder } of entries) {
    const path = pathBelow(folder, name);
    if (!isFolder && verdictOfName(name) === 'model') found.push(path);
    else if (isFolder && depth < MAX_DEPTH) found.push(...(await modelFilesIn(path, files, depth + 1)));
    if (found.length > MAX_FILES) break;
  }
  return found.slice(0, MAX_FILES);
}
