import { filesWith } from '../cached-heads.ts';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { type ByteSource, type FileSet, withFile } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';

const HEADER_BYTES = 8 * 1024 * 1024;
const TAIL_BYTES = 1024 * 1024;
/** What the library's Python part writes last. */
const PANDAS_END = /\npandas_categorical:[^\n]+\n$/;

/** The text that `Booster.save_model` writes (LightGBM's src/boosting/gbdt_model_text.cpp). */
export const lightgbm: ModelFormat = {
  id: 'lightgbm',
  label: 'LightGBM',
  recognise: (set) =>
    filesWith(set, (path) => /(\.(txt|lgb|lgbm|lightgbm|model|mdl|bin|dump)|(^|\/)[^./]+)$/.test(path), isBegun),
  completeness: async (set, paths): Promise<Completeness> => {
    let isCertain = true;
    for (const path of paths) {
      const tail = await withFile(set, path, tailOf);
      if (PANDAS_END.test(tail)) continue;
      // Other languages stop here, and Python is about to go on.
      if (!/\nend of (parameters|trees)\s*$/.test(tail))
        return { kind: 'incomplete', path, why: 'the end of its trees and parameters is missing' };
      isCertain = false;
    }
    return { kind: isCertain ? 'complete' : 'plausible' };
  },
  facts,
};

function isBegun(head: Uint8Array): boolean {
  return /^tree\r?\nversion=/.test(Buffer.from(head.subarray(0, 40)).toString('latin1'));
}

async function tailOf(source: ByteSource): Promise<string> {
  const bytes = await source.read(Math.max(0, source.sizeBytes - TAIL_BYTES), TAIL_BYTES);
  return Buffer.from(bytes).toString('utf8');
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const parts: ModelFacts[] = [];
  for (const path of paths) parts.push(await withFile(set, path, (source) => lightgbmFacts(source, path)));
  return mergeFacts(parts) ?? { format: 'lightgbm' };
}

/** Facts of a model's text. Throws `MODEL_FILE_INVALID`. */
export async function lightgbmFacts(source: ByteSource, path: string): Promise<ModelFacts> {
  const text = Buffer.from(await source.read(0, HEADER_BYTES)).toString('utf8');
  const end = text.search(/\r?\n\r?\n/);
  const header = new Map<string, string>();
  for (const line of (end === -1 ? text : text.slice(0, end)).split(/\r?\n/).slice(1)) {
    const at = line.indexOf('=');
    if (at > 0) header.set(line.slice(0, at), line.slice(at + 1));
  }
  const version = header.get('version');
  if (version === undefined) throw invalidFile(path, 'its header has no version');
  const names = (header.get('feature_names') ?? '').split(' ').filter((name) => name !== '');
  const params = paramsOf(await tailOf(source));
  const metadata = new Map<string, string>();
  const note = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') metadata.set(name, value);
  };
  note('objective', header.get('objective'));
  note('num_class', header.get('num_class'));
  const trees = (header.get('tree_sizes') ?? '').split(' ').filter((size) => size !== '').length;
  if (trees > 0) note('trees', String(trees));
  for (const [name, value] of params) if (!metadata.has(name)) note(name, value);
  return factsFrom('lightgbm', {
    formatVersion: version,
    framework: { name: 'LightGBM' },
    architecture: params.get('boosting'),
    inputs: names.map((name) => ({ name })),
    metadata,
  });
}

/** `[name: value]` between `parameters:` and `end of parameters`. */
function paramsOf(tail: string): ReadonlyMap<string, string> {
  const block = /(?:^|\n)parameters:\r?\n([\s\S]*?)\nend of parameters/.exec(tail)?.[1] ?? '';
  return new Map([...block.matchAll(/^\[([\w.]+): (.*)\]\r?$/gm)].map(([, name = '', value = '']) => [name, value]));
}
