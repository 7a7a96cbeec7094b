import { sha256Hex } from '../../src/base/hash.ts';
import { encodeCommit, type Head, hashOfCommit } from '../../src/log/commit.ts';
import { encodeFormatFile } from '../../src/log/format-file.ts';

const REGISTRY = '01M84GD1DENREG1STRY0000001';
const MODEL = '01M84GD1DENM0DE1FRAVD00000';
const full = {
  format: 'safetensors',
  formatVersion: '1',
  framework: { name: 'PyTorch', version: '2.9.1' },
  architecture: 'BertForMaskedLM',
  parameterCount: 109_514_298,
  dtypes: ['float32', 'int64'],
  license: 'apache-2.0',
  baseModels: [
    { name: 'google-bert/bert-base-uncased', revision: '86b5e09', url: 'https://huggingface.co/google-bert' },
  ],
  weights: sha256Hex('weights'),
  danger: 'none-found',
  problems: 1,
  object: sha256Hex('all facts'),
  unlisted: true,
};

/** Facts whole, short, in the event itself, and in every way not well formed: then they are left out, and the version is registered. */
const FACTS: readonly unknown[] = [
  full,
  { format: 'onnx' },
  { format: 'sklearn-pickle', danger: 'dangerous', all: { format: 'sklearn-pickle', problems: ['cut short'] } },
  { ...full, danger: 'safe' },
  { ...full, format: 'two\nlines' },
  { ...full, dtypes: Array.from({ length: 17 }, (_, index) => `int${index}`) },
  { ...full, weights: 'abc' },
  { ...full, parameterCount: 1.5 },
  { ...full, all: ['a list'] },
  { framework: { name: 'no format' } },
  'text',
  null,
];
const HISTORIES: readonly unknown[] = [
  sha256Hex('history'),
  { metrics: { loss: { points: [[1, 0.5]], total: 1 } } },
  'no digest',
  { a: 1 },
  { metrics: [] },
];

/** A log of versions whose files were read when they were registered. */
export function goldenFactsLog(): { readonly format: Uint8Array; readonly commits: readonly Uint8Array[] } {
  const format = encodeFormatFile({
    format: 1,
    registryId: REGISTRY,
    created: '2026-11-25T12:00:00.000Z',
    requires: [],
  });
  const commits: Uint8Array[] = [];
  let head: Head = { seq: 0, hash: sha256Hex(format) };
  let serial = 0;
  const commit = (events: readonly object[]) => {
    serial += 1;
    const intent = {
      id: `01M84GD1DEN1NTENT${String(serial).padStart(9, '0')}`,
      registryId: REGISTRY,
      by: { name: 'Ann', email: 'ann@example.org' },
      askedAt: '2026-11-25T12:00:00.000Z',
      via: 'auto',
      events,
    };
    const line = new TextEncoder().encode(JSON.stringify(intent));
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: '2026-11-25T12:00:01.000Z' }, [line]);
    commits.push(bytes);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
  };
  const registered = (more: object) => ({
    type: 'version.registered',
    model: MODEL,
    version: `01M84GD1DENVERS10N${String(serial + 1).padStart(8, '0')}`,
    artifact: { digest: sha256Hex(`artifact ${serial}`), sizeBytes: 3, fileCount: 1 },
    ...more,
  });
  commit([{ type: 'model.created', model: MODEL, name: 'fraud' }]);
  for (const facts of FACTS) commit([registered({ facts })]);
  for (const history of HISTORIES) commit([registered({ history })]);
  return { format, commits };
}
