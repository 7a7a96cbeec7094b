import { basename } from 'node:path';
import { verdictOfName } from '../../outputs/finding/model-names.ts';
import { nameOf, parentOf, pathBelow } from '../../runs/paths.ts';
import type { RunFiles } from '../../runs/run-files.ts';
import type { FoundModel, FoundVersion } from '../found.ts';
import { description, modelNameOf, timeOf, withDistinctNames } from '../names.ts';
import { extentOf } from '../sizes.ts';
import type { Source, SourceContext } from '../sources.ts';
import { cachedFiles } from './dvc-cache.ts';
import {
  artifactsIn,
  type DvcArtifact,
  type DvcEntry,
  entryOf,
  outputOfPointer,
  outputsOfStages,
  readerOf,
} from './dvc-files.ts';
import { gtoTags, gtoVersions } from './gto.ts';

/** Models that DVC keeps: what `dvc.yaml` declares as one, what stages wrote, what was added, and the versions that GTO's tags registered. */
export const dvc: Source = {
  kind: 'dvc',
  isWhole: false,
  readsTogether: true,
  recognise: ({ folder, entries }) =>
    entries
      .filter(({ name, isFolder }) => !isFolder && (name === 'dvc.yaml' || name === 'dvc.lock' || /.\.dvc$/.test(name)))
      .map(({ name }) => pathBelow(folder, name)),
  async read(places, context) {
    const reading = new DvcModels(context);
    for (const place of places.filter((path) => nameOf(path) === 'dvc.yaml')) await reading.artifacts(place);
    for (const place of places.filter((path) => nameOf(path) === 'dvc.lock')) await reading.stages(place);
    for (const place of places.filter((path) => path.endsWith('.dvc'))) await reading.pointer(place);
    return { models: withDistinctNames(reading.models) };
  },
};

class DvcModels {
  readonly models: FoundModel[] = [];
  readonly #context: SourceContext;
  readonly #taken = new Set<string>();
  #tags: ReturnType<typeof gtoTags> | undefined;

  constructor(context: SourceContext) {
    this.#context = context;
  }

  async artifacts(place: string): Promise<void> {
    const { files } = this.#context;
    for (const artifact of await artifactsIn(place, readerOf(files))) {
      this.#tags ??= gtoTags(files);
      const tagged = await gtoVersions(artifact, place, await this.#tags, files);
      const entry = await entryOf(artifact.path, parentOf(place), readerOf(files));
      const now = await this.#present(artifact.path, entry);
      // What is there now is that of a tag, unless somebody has trained since.
      const isTagged = tagged.some(({ staged }) => staged && JSON.stringify(staged) === JSON.stringify(now.cached));
      const versions = [
        ...tagged,
        ...(isTagged || (tagged.length > 0 && now.version.problem !== undefined) ? [] : [now.version]),
      ];
      this.#add(place, artifact.path, versions, artifact);
    }
  }

  async stages(lock: string): Promise<void> {
    for (const [path, entry] of await outputsOfStages(lock, readerOf(this.#context.files)))
      if (await this.#looksLikeModel(path, entry)) this.#add(lock, path, [(await this.#present(path, entry)).version]);
  }

  async pointer(file: string): Promise<void> {
    const found = await outputOfPointer(file, readerOf(this.#context.files));
    if (found && (await this.#looksLikeModel(found.path, found.entry)))
      this.#add(file, found.path, [(await this.#present(found.path, found.entry)).version]);
  }

  #add(place: string, path: string, versions: readonly FoundVersion[], artifact?: DvcArtifact): void {
    if (this.#taken.has(path) || this.#context.claimed.has(path)) return;
    this.#taken.add(path);
    const { labels = [] } = artifact ?? {};
    this.models.push({
      source: 'dvc',
      place,
      name: artifact ? modelNameOf(artifact.name) : nameFor(path, this.#context.files),
      isRegistered: true,
      ...description(artifact?.description),
      ...(labels.length === 0 ? {} : { tags: { labels: labels.join(', ').slice(0, 1000) } }),
      versions,
    });
  }

  async #looksLikeModel(path: string, { md5 }: DvcEntry): Promise<boolean> {
    if (!md5.endsWith('.dir')) return verdictOfName(nameOf(path)) === 'model';
    const entries = await this.#context.files.list(path);
    return entries.some(({ name, isFolder }) => !isFolder && verdictOfName(name) === 'model');
  }

  /** What is in the workspace, else what the cache has of it. */
  async #present(
    path: string,
    entry: DvcEntry | undefined,
  ): Promise<{ readonly version: FoundVersion; readonly cached?: FoundVersion['staged'] }> {
    const { files } = this.#context;
    const [extent, cached] = [await extentOf(path, files), entry && (await cachedFiles(path, entry, files))];
    const isAsRecorded = entry !== undefined && extent?.sizeBytes === entry.sizeBytes;
    const stage = entry?.stage;
    const known = {
      label: entry && (isAsRecorded || !extent) ? entry.md5.slice(0, 8) : nameOf(path),
      ...(entry && (isAsRecorded || !extent) ? { origin: `dvc:${path}@${entry.md5}` } : {}),
      ...(stage ? { run: { tracker: 'dvc' as const, place: stage.lock, name: stage.name } } : {}),
    };
    const whole = isAsRecorded && cached ? { cached: cached.staged } : {};
    if (extent)
      return { version: { ...known, paths: [path], sizeBytes: extent.sizeBytes, ...timeOf(extent.mtimeMs) }, ...whole };
    if (cached) return { version: { ...known, paths: [path], ...cached }, cached: cached.staged };
    const problem = entry
      ? `its files aren't here: fetch them with \`dvc pull ${path}\`, and import again`
      : `${path} isn't here, and DVC doesn't know it`;
    return { version: { ...known, paths: [], sizeBytes: 0, problem } };
  }
}

function nameFor(path: string, files: RunFiles): string {
  const names = path.split('/').toReversed();
  const [last = '', ...folders] = names;
  return modelNameOf(last.replace(/\.[A-Za-z0-9]+$/, ''), ...folders, basename(files.root));
}
