import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { readXgboostJson } from './xgboost-json.ts';
import { type XgboostModel, xgboostFacts } from './xgboost-model.ts';
import { readXgboostUbjson } from './xgboost-ubjson.ts';

/** What `Booster.save_model` writes, as JSON or UBJSON (XGBoost's doc/tutorials/saving_model.rst). */
export const xgboost: ModelFormat = {
  id: 'xgboost',
  label: 'XGBoost',
  recognise: async (set) => {
    const found = [
      ...((await filesWith(set, (path) => /\.(json|model|xgb)$/.test(path), isJson)) ?? []),
      ...((await filesWith(set, (path) => /\.ubj$/.test(path))) ?? []),
      ...((await filesWith(set, (path) => /\.(model|xgb|bin|raw)$/.test(path), isUbjson)) ?? []),
    ];
    return found.length > 0 ? [...new Set(found)].sort() : undefined;
  },
  completeness: async (set, paths): Promise<Completeness> => {
    // Both close what they open: a model that can be read is whole.
    for (const path of paths) await withFile(set, path, (source) => readXgboost(source, path));
    return { kind: 'complete' };
  },
  facts,
};

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const parts: ModelFacts[] = [];
  for (const path of paths) parts.push(xgboostFacts(await withFile(set, path, (source) => readXgboost(source, path))));
  return mergeFacts(parts) ?? { format: 'xgboost' };
}

/** Throws `MODEL_FILE_INVALID`. */
export async function readXgboost(source: ByteSource, path: string): Promise<XgboostModel> {
  return isUbjson(await source.read(0, 40)) || path.endsWith('.ubj')
    ? readXgboostUbjson(source, path)
    : readXgboostJson(source, path);
}

function isJson(head: Uint8Array): boolean {
  return /^\s*\{\s*"(learner"\s*:\s*\{\s*"(attributes|feature_names)|version"\s*:\s*\[)/.test(
    Buffer.from(head.subarray(0, 200)).toString('latin1'),
  );
}

function isUbjson(head: Uint8Array): boolean {
  return /^\{[iUIlL]\0*(\x07learner|\x07version|\x06Config|\x05Model)/.test(
    Buffer.from(head.subarray(0, 40)).toString('latin1'),
  );
}
