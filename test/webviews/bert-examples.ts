import { factsOf } from '../../src/catalog/facts-columns.ts';
import type { FileEntry, VersionDetails } from '../../src/catalog/read-models/versions.ts';
import type { FactsPageData } from '../../src/extension/messages/answers.ts';
import type { ModelFacts, TensorFacts } from '../../src/modelfiles/facts.ts';
import { summariseFacts } from '../../src/modelfiles/facts-summary.ts';
import { recordedSummary } from '../../src/registry/facts/recorded-facts.ts';
import type { StoredFacts } from '../../src/registry/facts/stored-facts.ts';
import { digestOf, versionDetails } from './examples.ts';

/** What a checkpoint of PyTorch takes beside its tensors: the pickle that names them, and the directory of the archive. */
const PICKLE_BYTES = 46_112;
const ITEM_BYTES: Readonly<Record<string, number>> = { float32: 4, int64: 8 };

const hidden = 768;
const layer = {
  'attention.self.query': [hidden, hidden],
  'attention.self.key': [hidden, hidden],
  'attention.self.value': [hidden, hidden],
  'attention.output.dense': [hidden, hidden],
  'attention.output.LayerNorm': [hidden],
  'intermediate.dense': [4 * hidden, hidden],
  'output.dense': [hidden, 4 * hidden],
  'output.LayerNorm': [hidden],
} as const;

/** Weight and bias of a part, whose bias is as long as it has outputs. */
function partsOf(name: string, shape: readonly number[]): readonly Omit<TensorFacts, 'place'>[] {
  return [
    { name: `${name}.weight`, dtype: 'float32', shape },
    { name: `${name}.bias`, dtype: 'float32', shape: shape.slice(0, 1) },
  ];
}

/** The tensors of BERT base with its head for masked words, one after the other in their file. */
export const bertTensors: readonly TensorFacts[] = tensorsOf('model.pt');

function tensorsOf(path: string): readonly TensorFacts[] {
  const embedding = (name: string, rows: number) =>
    ({ name: `bert.embeddings.${name}.weight`, dtype: 'float32', shape: [rows, hidden] }) as const;
  const all = [
    { name: 'bert.embeddings.position_ids', dtype: 'int64', shape: [1, 512] },
    embedding('word_embeddings', 30_522),
    embedding('position_embeddings', 512),
    embedding('token_type_embeddings', 2),
    ...partsOf('bert.embeddings.LayerNorm', [hidden]),
    ...Array.from({ length: 12 }, (_, index) =>
      Object.entries(layer).flatMap(([name, shape]) => partsOf(`bert.encoder.layer.${index}.${name}`, shape)),
    ).flat(),
    { name: 'cls.predictions.bias', dtype: 'float32', shape: [30_522] },
    ...partsOf('cls.predictions.transform.dense', [hidden, hidden]),
    ...partsOf('cls.predictions.transform.LayerNorm', [hidden]),
  ];
  let offset = PICKLE_BYTES;
  return all.map((tensor): TensorFacts => {
    const sizeBytes = elementsOf(tensor.shape) * (ITEM_BYTES[tensor.dtype] ?? 0);
    offset += sizeBytes;
    return { ...tensor, place: { path, offset: offset - sizeBytes, sizeBytes } };
  });
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The file that holds them, to the byte. */
export function bertFile(): FileEntry {
  const end = bertTensors.at(-1)?.place;
  return {
    path: 'model.pt',
    sizeBytes: (end?.offset ?? 0) + (end?.sizeBytes ?? 0),
    sha256: digestOf('model.pt'),
    isExecutable: false,
  };
}

const bertFacts = {
  format: 'pytorch',
  formatVersion: '3',
  framework: { name: 'PyTorch', version: '2.9.1' },
  architecture: 'BertForMaskedLM',
  parameterCount: bertTensors.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
  tensors: bertTensors,
  license: 'apache-2.0',
  baseModels: [{ name: 'google-bert/bert-base-uncased', revision: '86b5e0934494bd15c9632b12f734a8a67f723594' }],
  weights: digestOf('weights'),
  inputs: [{ name: 'input_ids', dtype: 'int64', shape: ['batch', 'sequence'] }],
  outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 'sequence', 30_522] }],
  metadata: { 'general.author': 'Ada Lovelace', transformers_version: '5.1.0' },
  danger: {
    verdict: 'dangerous',
    findings: [
      { verdict: 'known', what: 'collections.OrderedDict', why: 'A container.', path: 'model.pt', offset: 12 },
      {
        verdict: 'dangerous',
        what: 'posix.system',
        why: 'Runs any program of the machine.',
        path: 'model.pt',
        member: 'archive/data.pkl',
        offset: 2_048,
        opcode: 'STACK_GLOBAL',
      },
      { verdict: 'unknown', what: 'acme.layers.Gate', why: 'Not known here.', path: 'model.pt', offset: 77 },
    ],
  },
  problems: ['model.pt holds a tensor without a name'],
} as const satisfies ModelFacts & { readonly weights: string };

/** Facts of a model that is as much as a page can show. */
export function pageFacts(changes: Partial<NonNullable<FactsPageData['facts']>> = {}): FactsPageData {
  return { readFrom: 'registration', facts: { ...summariseFacts(bertFacts, 'PyTorch'), ...changes } };
}

/** The same of files in which nothing was found that runs code. */
const calmFacts = { ...bertFacts, danger: { verdict: 'none-found', findings: [] }, problems: [] } as const;

export function calmPageFacts(): FactsPageData {
  return { readFrom: 'registration', facts: summariseFacts(calmFacts, 'PyTorch') };
}

export function calmVersion(number = 2, changes: Partial<VersionDetails> = {}): VersionDetails {
  return versionOf(calmFacts, number, changes);
}

/** A version whose files are those that these facts are of. */
export function bertVersion(number = 2, changes: Partial<VersionDetails> = {}): VersionDetails {
  return versionOf(bertFacts, number, changes);
}

function versionOf(facts: StoredFacts, number: number, changes: Partial<VersionDetails>): VersionDetails {
  const files: readonly FileEntry[] = [
    bertFile(),
    { path: 'tokenizer.json', sizeBytes: 711_661, sha256: digestOf('tokenizer.json'), isExecutable: false },
    { path: 'serve.sh', sizeBytes: 2_786, sha256: digestOf('serve.sh'), isExecutable: true },
  ];
  const recorded = factsOf({ facts: JSON.stringify(recordedSummary(facts)), weights: facts.weights });
  return versionDetails(number, {
    description: 'BERT on the texts of the October payments, beside the features of the merchant graph.',
    params: { learning_rate: '0.0001', epochs: '3', batch_size: '32', warmup_steps: '600', seed: '42' },
    artifact: {
      digest: digestOf(`artifact ${number}`),
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      fileCount: files.length,
    },
    files,
    ...(recorded ? { facts: recorded } : {}),
    ...changes,
  });
}
