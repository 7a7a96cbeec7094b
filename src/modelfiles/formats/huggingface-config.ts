import * as v from 'valibot';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import { invalidFile } from '../invalid.ts';

const optionalText = v.fallback(v.optional(v.string()), undefined);
const optionalNumber = v.fallback(v.optional(v.number()), undefined);
/** What a class of `auto_map` is: `modeling_x.XModel`, or two for slow and fast tokenizers. */
const autoMapSchema = v.fallback(
  v.optional(v.record(v.string(), v.union([v.string(), v.array(v.nullable(v.string()))]))),
  undefined,
);

const configSchema = v.object({
  architectures: v.fallback(v.optional(v.nullable(v.array(v.string()))), undefined),
  model_type: optionalText,
  transformers_version: optionalText,
  _name_or_path: optionalText,
  _class_name: optionalText,
  _diffusers_version: optionalText,
  torch_dtype: optionalText,
  dtype: optionalText,
  vocab_size: optionalNumber,
  hidden_size: optionalNumber,
  intermediate_size: optionalNumber,
  num_hidden_layers: optionalNumber,
  num_attention_heads: optionalNumber,
  num_key_value_heads: optionalNumber,
  max_position_embeddings: optionalNumber,
  n_embd: optionalNumber,
  n_layer: optionalNumber,
  n_head: optionalNumber,
  d_model: optionalNumber,
  num_layers: optionalNumber,
  problem_type: optionalText,
  id2label: v.fallback(v.optional(v.record(v.string(), v.string())), undefined),
  auto_map: autoMapSchema,
});

export type HubConfig = v.InferOutput<typeof configSchema>;

/** What a `config.json` says that is of use here. Throws `MODEL_FILE_INVALID` for what isn't an object. */
export function parseHubConfig(json: unknown, path: string): HubConfig {
  const parsed = v.safeParse(configSchema, json);
  if (!parsed.success) throw invalidFile(path, 'it isn’t a configuration');
  return parsed.output;
}

const SHOWN = [
  'model_type',
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'num_key_value_heads',
  'max_position_embeddings',
  'n_embd',
  'n_layer',
  'n_head',
  'd_model',
  'num_layers',
  'problem_type',
] as const;

export function hubConfigFacts(config: HubConfig, tokenizerFiles: readonly string[]): ModelFacts {
  const isDiffusers = config._diffusers_version !== undefined;
  const version = config.transformers_version ?? config._diffusers_version;
  const architecture = config.architectures?.[0] ?? config._class_name;
  const base = config._name_or_path;
  const metadata: [string, string][] = [];
  for (const name of SHOWN) {
    const value = config[name];
    if (value !== undefined) metadata.push([name, String(value)]);
  }
  const dtype = config.dtype ?? config.torch_dtype;
  if (dtype !== undefined) metadata.push(['dtype', dtype]);
  if (config.id2label !== undefined) metadata.push(['labels', Object.values(config.id2label).join(', ')]);
  if (tokenizerFiles.length > 0) metadata.push(['tokenizer', tokenizerFiles.join(', ')]);
  return factsFrom('huggingface', {
    framework: { name: isDiffusers ? 'Diffusers' : 'Transformers', ...(version === undefined ? {} : { version }) },
    architecture,
    // A path on the machine that trained says nothing to others.
    baseModels: base !== undefined && /^\w[\w.-]*(\/[\w.-]+)?$/.test(base) ? [{ name: base }] : [],
    metadata,
  });
}
