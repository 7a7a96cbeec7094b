import { basename, dirname, join } from 'node:path/posix';
import { filesWith } from '../cached-heads.ts';
import { judgeCodeFiles, judgeRemoteCode } from '../danger/code-files.ts';
import { dangerReport } from '../danger/report.ts';
import type { DangerFinding, ModelFacts } from '../facts.ts';
import type { FileSet } from '../file-set.ts';
import { mergeFacts } from '../merge-facts.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { readJson } from '../read/small-file.ts';
import { isModelCard, readModelCard } from './huggingface-card.ts';
import { type HubConfig, hubConfigFacts, parseHubConfig } from './huggingface-config.ts';

const TOKENIZERS = [
  'tokenizer.json',
  'tokenizer.model',
  'tokenizer_config.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'spiece.model',
  'sentencepiece.bpe.model',
];
const OTHERS = [
  'generation_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'preprocessor_config.json',
  'processor_config.json',
  'chat_template.jinja',
];
const WEIGHTS = /\.(safetensors|bin|pt|pth|h5|msgpack|onnx|gguf|tflite|mlmodel|keras|ckpt)$/;

/** A folder as `save_pretrained` writes it and huggingface.co has it: `config.json`, a tokenizer, a model card. */
export const huggingface: ModelFormat = {
  id: 'huggingface',
  label: 'Hugging Face',
  recognise: async (set) => {
    const configs = (await filesWith(set, (path) => basename(path) === 'config.json', isHubConfig)) ?? [];
    const cards = (await filesWith(set, (path) => basename(path) === 'README.md', isModelCard)) ?? [];
    if (configs.length === 0 && cards.length === 0) return undefined;
    const folders = new Set([...configs, ...cards].map((path) => dirname(path)));
    const belongs = new Set([...TOKENIZERS, ...OTHERS]);
    const others = set.files
      .map(({ path }) => path)
      .filter((path) => folders.has(dirname(path)) && (belongs.has(basename(path)) || path.endsWith('.py')));
    return [...configs, ...cards, ...others].sort();
  },
  completeness: async (set, paths): Promise<Completeness> => {
    for (const path of paths) if (path.endsWith('.json')) await readJson(set, path);
    for (const path of paths) {
      if (basename(path) !== 'config.json') continue;
      if (!set.files.some((file) => dirname(file.path) === dirname(path) && WEIGHTS.test(file.path)))
        return {
          kind: 'incomplete',
          path: join(dirname(path), 'model.safetensors'),
          why: 'there is a configuration, and no weights yet',
        };
    }
    return { kind: 'complete' };
  },
  facts,
};

/** Other libraries have a `config.json` too. */
function isHubConfig(head: Uint8Array): boolean {
  return /"(architectures|model_type|transformers_version|_diffusers_version)"\s*:/.test(
    Buffer.from(head).toString('latin1'),
  );
}

async function facts(set: FileSet, paths: readonly string[]): Promise<ModelFacts> {
  const parts: ModelFacts[] = [];
  const findings: DangerFinding[] = [];
  for (const path of paths) {
    const name = basename(path);
    if (name === 'config.json' || name === 'tokenizer_config.json') {
      const config = parseHubConfig(await readJson(set, path), path);
      findings.push(...judgeRemoteCode(config.auto_map, path));
      if (name === 'config.json') parts.push(configFacts(config, paths, dirname(path)));
    }
  }
  for (const path of paths) if (basename(path) === 'README.md') parts.push(await readModelCard(set, path));
  findings.push(...judgeCodeFiles(paths.filter((path) => path.endsWith('.py'))));
  const merged = mergeFacts(parts) ?? { format: 'huggingface' };
  return { ...merged, ...(findings.length > 0 ? { danger: dangerReport(findings) } : {}) };
}

function configFacts(config: HubConfig, paths: readonly string[], folder: string): ModelFacts {
  const tokenizer = paths
    .filter((path) => dirname(path) === folder && TOKENIZERS.includes(basename(path)))
    .map((path) => basename(path));
  return hubConfigFacts(config, tokenizer);
}
