import { basename } from 'node:path';
import { huggingFaceReader } from '../runs/huggingface.ts';
import { nameOf, parentOf, pathBelow } from '../runs/paths.ts';
import type { RunFiles } from '../runs/run-files.ts';
import type { FolderEntry } from '../runs/run-reader.ts';
import type { FoundModel, FoundVersion, StagedFile } from './found.ts';
import { modelNameOf, timeOf, withDistinctNames } from './names.ts';
import { extentOf } from './sizes.ts';
import type { Source, SourceContext } from './sources.ts';

/** What `save_pretrained` writes. */
const WEIGHTS =
  /^(?:model|pytorch_model|tf_model|flax_model|adapter_model)(?:[-.]\d{5}-of-\d{5})?\.(?:safetensors|bin|h5|msgpack)$/;
const CONFIG = /^(?:adapter_)?config\.json$/;
const HUB = /^models--([^/]+)--([^/]+)$|^models--([^/]+)$/;
const CHECKPOINT = /^checkpoint-(\d{1,15})$/;
/** What the trainer needs to go on, and what it logs: no part of a model. */
const OF_TRAINING =
  /^(?:optimizer(?:_\d+)?|scheduler|scaler|rng_state(?:_\d+)?)\.(?:pt|pth|bin)$|^(?:runs|logs|wandb|global_step\d+)$|^checkpoint-\d+$|^\./;
/** What of a folder that is a project as well belongs to the model: `save_pretrained` and the hub name it so. */
const OF_MODEL =
  /\.(?:safetensors|gguf|msgpack|h5)$|\.index\.json$|^(?:config|generation_config|adapter_config|config_sentence_transformers|sentence_bert_config|modules|preprocessor_config|processor_config|special_tokens_map|added_tokens|vocab|tokenizer|tokenizer_config|trainer_state|(?:all|train|eval)_results)\.json$|^(?:pytorch|tf|adapter)_model[-.].*\.bin$|^(?:training_args\.bin|vocab\.txt|merges\.txt|chat_template\.(?:jinja|json)|tokenizer\.model|spiece\.model|sentencepiece\.bpe\.model|README\.md|LICENSE(?:\.txt|\.md)?)$/;
const MAX_FILES = 2000;
const MAX_DEPTH = 6;

/** Folders of models of transformers and its relatives, and the cache of the hub where it is in the workspace. */
export const huggingFace: Source = {
  kind: 'huggingface',
  isWhole: false,
  readsTogether: true,
  recognise({ folder, entries }) {
    if (HUB.test(nameOf(folder))) return [folder];
    const has = (pattern: RegExp) => entries.some(({ name, isFolder }) => !isFolder && pattern.test(name));
    // What a tracker or the hub keeps is read from there.
    if (/(?:^|\/)(?:mlruns|mlartifacts|wandb|snapshots|models--[^/]+)(?:\/|$)/.test(folder)) return [];
    return has(CONFIG) && has(WEIGHTS) ? [folder] : [];
  },
  async read(places, context) {
    const models: FoundModel[] = [];
    const outputs = new Map<string, string[]>();
    for (const place of places) {
      if (HUB.test(nameOf(place))) models.push(...(await hubModel(place, context.files)));
      else {
        const output = CHECKPOINT.test(nameOf(place)) ? parentOf(place) : place;
        outputs.set(output, [...(outputs.get(output) ?? []), place]);
      }
    }
    for (const [output, folders] of outputs) {
      const version = await versionOf(output, folders, context);
      if (!version) continue;
      models.push({
        source: 'huggingface',
        place: output,
        name: nameFor(output, context.files.root),
        isRegistered: true,
        versions: [version],
      });
    }
    return { models: withDistinctNames(models) };
  },
};

function nameFor(folder: string, root: string): string {
  return modelNameOf(...(folder === '' ? [] : folder.split('/').toReversed()), basename(root));
}

/** The model that a training ended with; else the checkpoint that the trainer chose, or the last one. */
async function versionOf(
  output: string,
  folders: readonly string[],
  { files, claimed }: SourceContext,
): Promise<FoundVersion | undefined> {
  const isTrainer = await files.stat(pathBelow(output, 'trainer_state.json'));
  const isDone = folders.includes(output);
  const place = isDone ? output : await chosenCheckpoint(output, folders, files);
  if (claimed.has(place)) return undefined;
  const paths = (await files.list(place))
    .filter(({ name, isFolder }) => (place === '' ? !isFolder && OF_MODEL.test(name) : !OF_TRAINING.test(name)))
    .map(({ name }) => pathBelow(place, name));
  const extents = await Promise.all(paths.slice(0, MAX_FILES).map((path) => extentOf(path, files)));
  const changedMs = Math.max(...extents.map((extent) => extent?.mtimeMs ?? 0));
  return {
    label: nameOf(place === '' ? basename(files.root) : place),
    paths,
    sizeBytes: extents.reduce((sum, extent) => sum + (extent?.sizeBytes ?? 0), 0),
    ...timeOf(changedMs),
    ...(isTrainer || !isDone ? { run: { tracker: 'huggingface', place: output } } : {}),
  };
}

async function chosenCheckpoint(output: string, folders: readonly string[], files: RunFiles): Promise<string> {
  const outputs = { paths: [], changedAtMs: 0, runIds: new Set<string>() };
  const [run] = await huggingFaceReader.read(output, { files, sinceMs: 0, outputs });
  const best = run?.checkpoints?.find(({ isBest }) => isBest)?.path;
  if (best !== undefined && folders.includes(best)) return best;
  const step = (folder: string) => Number(CHECKPOINT.exec(nameOf(folder))?.[1]);
  return folders.toSorted((a, b) => step(b) - step(a))[0] ?? output;
}

/** The revisions of a model in the hub's cache: names in `snapshots`, which are links to the bytes in `blobs`. */
async function hubModel(place: string, files: RunFiles): Promise<readonly FoundModel[]> {
  const [, owner, named, alone] = HUB.exec(nameOf(place)) ?? [];
  const name = named ?? alone ?? '';
  const versions: FoundVersion[] = [];
  for (const { name: revision, isFolder } of await files.list(pathBelow(place, 'snapshots'))) {
    if (!isFolder || !/^[0-9a-f]{7,64}$/.test(revision)) continue;
    const snapshot = pathBelow(place, `snapshots/${revision}`);
    const staged: StagedFile[] = [];
    await addFiles(snapshot, '', files, staged);
    if (!staged.some(({ path }) => WEIGHTS.test(nameOf(path)))) continue;
    const extent = await extentOf(snapshot, files);
    versions.push({
      label: revision.slice(0, 8),
      origin: `huggingface:${owner === undefined ? '' : `${owner}/`}${name}@${revision}`,
      paths: [snapshot],
      staged,
      sizeBytes: extent?.sizeBytes ?? 0,
      ...timeOf(extent?.mtimeMs),
    });
  }
  if (versions.length === 0) return [];
  const ordered = versions.toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
  return [{ source: 'huggingface', place, name: modelNameOf(name), isRegistered: true, versions: ordered }];
}

async function addFiles(
  folder: string,
  below: string,
  files: RunFiles,
  staged: StagedFile[],
  depth = 0,
): Promise<void> {
  const entries: readonly FolderEntry[] = depth > MAX_DEPTH ? [] : await files.list(pathBelow(folder, below));
  for (const { name, isFolder } of entries) {
    const path = below === '' ? name : `${below}/${name}`;
    if (isFolder) await addFiles(folder, path, files, staged, depth + 1);
    else if (staged.length < MAX_FILES) staged.push({ from: `${folder}/${path}`, path });
  }
}
