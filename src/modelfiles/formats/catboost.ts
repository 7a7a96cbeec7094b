import * as v from 'valibot';
import { filesWith } from '../cached-heads.ts';
import type { ModelFacts, SignatureEntry } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { FlatTable } from '../read/flatbuffer.ts';
import { PagedReader } from '../read/paged-reader.ts';
import { windowOf } from '../read/window.ts';

const MAGIC_BYTES = 4;
const LONG_SIZE = 0xffff_ffff;
const MAX_FEATURES = 20_000;

/** `CBM1`: the size of a flatbuffer, the flatbuffer, and what it refers to behind it (catboost/libs/model/flatbuffers/model.fbs). */
export const catboost: ModelFormat = {
  id: 'catboost',
  label: 'CatBoost',
  recognise: async (set) => {
    const named = (await filesWith(set, (path) => path.endsWith('.cbm'))) ?? [];
    const alike = (await filesWith(set, (path) => /(\.(bin|model|cb)|^[^.]*)$/.test(path), isBegun)) ?? [];
    const found = [...named, ...alike].sort();
    return found.length > 0 ? found : undefined;
  },
  completeness: async (set, paths): Promise<Completeness> => {
    let isCertain = true;
    for (const path of paths) {
      const why = await withFile(set, path, async (source) => {
        const { core, end } = await coreOf(source, path);
        // What stands behind the flatbuffer has no length of its own.
        if (await (await FlatTable.root(core)).vector(PART_IDS, 4)) isCertain = false;
        else if (end !== source.sizeBytes) return `something follows its end at byte ${end}`;
        return undefined;
      });
      if (why !== undefined) return { kind: 'incomplete', path, why };
    }
    return { kind: isCertain ? 'complete' : 'plausible' };
  },
  facts: async (set: FileSet, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths) parts.push(await withFile(set, path, (source) => catboostFacts(source, path)));
    return mergeFacts(parts) ?? { format: 'catboost' };
  },
};

/** Fields by their place in the schema. */
const [FORMAT_VERSION, TREES, INFO, PART_IDS] = [0, 1, 2, 3];
const [APPROX_DIMENSION, TREE_SIZES, CAT_FEATURES, FLOAT_FEATURES] = [0, 2, 4, 5];
const FLOAT = { flatIndex: 2, id: 4 };
const CATEGORY = { flatIndex: 1, id: 2 };

function isBegun(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, MAGIC_BYTES)).toString('latin1') === 'CBM1';
}

async function coreOf(source: ByteSource, path: string) {
  const head = await source.read(0, 16);
  if (!isBegun(head) || head.length < 8) throw invalidFile(path, 'it doesn’t begin with CBM1');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const short = view.getUint32(MAGIC_BYTES, true);
  const isLong = short === LONG_SIZE && head.length === 16;
  const size = isLong ? Number(view.getBigUint64(8, true)) : short;
  const start = isLong ? 16 : 8;
  if (start + size > source.sizeBytes)
    throw invalidFile(path, `it says that it is ${start + size} bytes long, and ends before`);
  return { core: new PagedReader(windowOf(source, start, size), path), end: start + size };
}

const paramsSchema = v.looseObject({
  loss_function: v.optional(v.looseObject({ type: v.string() })),
  boosting_options: v.optional(
    v.looseObject({ iterations: v.optional(v.number()), learning_rate: v.optional(v.number()) }),
  ),
  tree_learner_options: v.optional(
    v.looseObject({ depth: v.optional(v.number()), l2_leaf_reg: v.optional(v.number()) }),
  ),
  random_seed: v.optional(v.number()),
});

/** Throws `MODEL_FILE_INVALID`. */
export async function catboostFacts(source: ByteSource, path: string): Promise<ModelFacts> {
  const { core } = await coreOf(source, path);
  const model = await FlatTable.root(core);
  const info = new Map<string, string>();
  for (const entry of await model.tables(INFO, 1000))
    info.set((await entry.text(0)) ?? '', (await entry.text(1)) ?? '');
  const trees = await model.table(TREES);
  const version = await model.text(FORMAT_VERSION);
  const release = /(?:CatBoost release |tags\/v)(\d+(?:\.\d+)+)/.exec(info.get('catboost_version_info') ?? '')?.[1];
  const metadata = new Map<string, string>();
  const note = (name: string, value: string | number | undefined) => {
    if (value !== undefined && value !== '') metadata.set(name, String(value));
  };
  const params = paramsOf(info.get('params'));
  note('loss_function', params?.loss_function?.type);
  note('iterations', params?.boosting_options?.iterations);
  note('learning_rate', params?.boosting_options?.learning_rate);
  note('depth', params?.tree_learner_options?.depth);
  note('l2_leaf_reg', params?.tree_learner_options?.l2_leaf_reg);
  note('random_seed', params?.random_seed);
  if (trees) {
    note('trees', (await trees.vector(TREE_SIZES, 4))?.length);
    note('dimension', await trees.u32(APPROX_DIMENSION));
  }
  for (const name of ['model_guid', 'train_finish_time', 'class_params']) note(name, info.get(name));
  const inputs = trees === undefined ? [] : await inputsOf(trees);
  return factsFrom('catboost', {
    formatVersion: version,
    framework: { name: 'CatBoost', ...(release === undefined ? {} : { version: release }) },
    inputs,
    metadata,
  });
}

function paramsOf(text: string | undefined) {
  try {
    const parsed = v.safeParse(paramsSchema, JSON.parse(text ?? ''));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Features in the order of the columns. */
async function inputsOf(trees: FlatTable): Promise<readonly SignatureEntry[]> {
  const features: { readonly at: number; readonly name: string | undefined; readonly dtype: string }[] = [];
  for (const feature of await trees.tables(FLOAT_FEATURES, MAX_FEATURES))
    features.push({
      at: (await feature.u32(FLOAT.flatIndex)) ?? 0,
      name: await feature.text(FLOAT.id),
      dtype: 'float',
    });
  for (const feature of await trees.tables(CAT_FEATURES, MAX_FEATURES))
    features.push({
      at: (await feature.u32(CATEGORY.flatIndex)) ?? 0,
      name: await feature.text(CATEGORY.id),
      dtype: 'category',
    });
  features.sort((a, b) => a.at - b.at);
  return features.map(({ at, name, dtype }) => ({
    name: name === undefined || name === '' ? String(at) : name,
    dtype,
  }));
}
