import { basename, dirname, join } from 'node:path/posix';
import * as v from 'valibot';
import { filesWith } from '../cached-heads.ts';
import { judgeImport } from '../danger/judge-import.ts';
import { dangerReport } from '../danger/report.ts';
import type { DangerFinding, ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import type { FileSet } from '../file-set.ts';
import { invalidFile } from '../invalid.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { readJson } from '../read/small-file.ts';

const WEIGHTS = ['adapter_model.safetensors', 'adapter_model.bin'];

/** An adapter of PEFT: `adapter_config.json` beside the weights that it adds to a base model. */
export const peft: ModelFormat = {
  id: 'peft',
  label: 'PEFT adapter',
  recognise: (set) =>
    filesWith(
      set,
      (path) => basename(path) === 'adapter_config.json',
      (head) => /"(peft_type|base_model_name_or_path)"/.test(Buffer.from(head).toString('latin1')),
    ),
  completeness: async (set, paths): Promise<Completeness> => {
    const present = new Set(set.files.map(({ path }) => path));
    for (const path of paths) {
      await readJson(set, path);
      if (!WEIGHTS.some((name) => present.has(join(dirname(path), name))))
        return {
          kind: 'incomplete',
          path: join(dirname(path), 'adapter_model.safetensors'),
          why: `${path} is there, and its weights aren’t yet`,
        };
    }
    return { kind: 'complete' };
  },
  facts: async (set: FileSet, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths) parts.push(adapterFacts(await readJson(set, path), path));
    return mergeFacts(parts) ?? { format: 'peft' };
  },
};

const text = v.fallback(v.optional(v.nullable(v.string())), undefined);
const number = v.fallback(v.optional(v.nullable(v.number())), undefined);
const configSchema = v.object({
  peft_type: text,
  peft_version: text,
  task_type: text,
  base_model_name_or_path: text,
  revision: text,
  bias: text,
  r: number,
  lora_alpha: number,
  lora_dropout: number,
  num_virtual_tokens: number,
  target_modules: v.fallback(v.optional(v.nullable(v.union([v.string(), v.array(v.string())]))), undefined),
  modules_to_save: v.fallback(v.optional(v.nullable(v.array(v.string()))), undefined),
  auto_mapping: v.fallback(
    v.optional(v.nullable(v.object({ base_model_class: text, parent_library: text }))),
    undefined,
  ),
});

function adapterFacts(json: unknown, path: string): ModelFacts {
  const parsed = v.safeParse(configSchema, json);
  if (!parsed.success) throw invalidFile(path, 'it isn’t the configuration of an adapter');
  const config = parsed.output;
  const metadata: [string, string][] = [];
  for (const name of ['task_type', 'r', 'lora_alpha', 'lora_dropout', 'bias', 'num_virtual_tokens'] as const) {
    const value = config[name];
    if (value !== undefined && value !== null) metadata.push([name, String(value)]);
  }
  for (const name of ['target_modules', 'modules_to_save'] as const) {
    const value = config[name];
    // PEFT keeps them as a set, whose order changes with every run.
    if (Array.isArray(value)) metadata.push([name, [...value].sort().join(', ')]);
    else if (typeof value === 'string') metadata.push([name, value]);
  }
  const base = config.base_model_name_or_path ?? undefined;
  const revision = config.revision ?? undefined;
  const library = config.auto_mapping?.parent_library ?? undefined;
  const findings =
    library === undefined ? [] : judgeLibrary(library, config.auto_mapping?.base_model_class ?? '', path);
  return factsFrom('peft', {
    framework: { name: 'PEFT', ...(config.peft_version ? { version: config.peft_version } : {}) },
    architecture: config.peft_type ?? undefined,
    baseModels: base ? [{ name: base, ...(revision === undefined ? {} : { revision }) }] : [],
    danger: findings.length > 0 ? dangerReport(findings) : undefined,
    metadata,
  });
}

/** The library of a base model is imported by its name. */
function judgeLibrary(library: string, className: string, path: string): readonly DangerFinding[] {
  if (/^(transformers|peft|torch|diffusers|timm)(\.|$)/.test(library)) return [];
  const isDangerous = judgeImport(library, className).verdict === 'dangerous';
  const why = 'is a module that the adapter names, and that is imported to load it';
  return [{ verdict: isDangerous ? 'dangerous' : 'unknown', what: library.slice(0, 300), why, path }];
}
