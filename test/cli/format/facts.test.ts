import { beforeAll, describe, expect, it } from 'vitest';
import { versionDetailsJson } from '../../../src/cli/format/json.ts';
import { registeredText } from '../../../src/cli/format/registered.ts';
import { tensorComparisonText } from '../../../src/cli/format/tensor-comparison.ts';
import { versionText } from '../../../src/cli/format/version.ts';
import type { FactsAnswer, TensorComparisonAnswer } from '../../../src/registry/api/facts.ts';
import { sampleDetails, sampleVersion, withoutColour } from './sample.ts';

beforeAll(withoutColour);

const answer: FactsAnswer = {
  version: sampleVersion(),
  readFrom: 'registration',
  facts: {
    format: 'pytorch-zip',
    formatLabel: 'PyTorch',
    framework: { name: 'PyTorch', version: '2.9.1' },
    architecture: 'Bert\u001b[31mForMaskedLM',
    parameterCount: 109_514_298,
    dtypes: [
      { dtype: 'float32', elements: 109_000_000 },
      { dtype: 'int64', elements: 512 },
    ],
    tensorCount: 202,
    license: 'apache-2.0',
    baseModels: [{ name: 'google-bert/bert-base-uncased', revision: '86b5e09' }],
    weights: 'ab'.repeat(32),
    inputs: [{ name: 'input_ids', dtype: 'int64', shape: ['batch', null, 3] }],
    metadata: { producer: 'trainer' },
    danger: {
      verdict: 'dangerous',
      findings: [
        { verdict: 'known', what: 'collections.OrderedDict', why: 'part of Python', path: 'model.pt' },
        {
          verdict: 'dangerous',
          what: 'os.system',
          why: 'runs any program',
          path: 'model.pt',
          member: 'archive/data.pkl',
          offset: 71,
          opcode: 'STACK_GLOBAL',
        },
      ],
    },
    problems: ['extra.bin is cut short'],
  },
};

describe('the facts of a version for people', () => {
  const version = sampleDetails({
    facts: { format: 'pytorch-zip', danger: 'dangerous' },
    sameWeights: [{ model: 'fraud-detector', number: 4 }],
  });

  it('tell what is in its files, and what could run when they are loaded', () => {
    const text = versionText(version, { facts: answer });
    for (const line of [
      /format +PyTorch$/m,
      /framework +PyTorch 2\.9\.1$/m,
      /parameters +110 M \(109,514,298\)$/m,
      /dtypes +float32 > 99\.9 %, int64 < 0\.1 %$/m,
      /made from +google-bert\/bert-base-uncased at 86b5e09$/m,
      /weights +(ab){32}$/m,
      /same weights +fraud-detector@4$/m,
      /! extra\.bin is cut short$/m,
      /Loading this can run code that isn't the model's\.$/m,
      /dangerous +os\.system +model\.pt › archive\/data\.pkl at byte 71 \(STACK_GLOBAL\) +runs any program$/m,
      /input_ids +int64 {2}batch×\?×3$/m,
      /producer +trainer$/m,
    ]) {
      expect(text).toMatch(line);
    }
    expect(text).not.toContain('OrderedDict');
    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/\bsafe\b/);
  });

  it('are whole for programs, with the tensors where they were asked for', () => {
    const tensors = [{ name: 'a', dtype: 'float32', shape: [2] }];
    expect(versionDetailsJson(version, { facts: { ...answer, tensors } })).toMatchObject({
      facts: {
        format: 'pytorch-zip',
        tensorCount: 202,
        tensors,
        readFrom: 'registration',
        danger: { verdict: 'dangerous' },
      },
      sameWeights: [{ model: 'fraud-detector', number: 4 }],
    });
    const none = { version: answer.version, problem: 'Its files are of no format that is known here.' };
    expect(versionDetailsJson(sampleDetails(), { facts: none })).toMatchObject({ facts: { problem: none.problem } });
  });

  it('warn when something dangerous was registered', () => {
    expect(registeredText({ version, isNew: true })).toContain(
      "Loading the files of fraud-detector@7 can run code that isn't the model's.",
    );
    expect(registeredText({ version: sampleVersion(), isNew: true })).not.toContain('Loading');
  });

  it('show the course of metrics', () => {
    const points = Array.from({ length: 8 }, (_, step) => [step, 8 - step] as const);
    const text = versionText(version, { history: { loss: { points, total: 800 } } });
    expect(text).toMatch(/loss +█▇▆▅▄▃▂▁ +8 +1 +1 +8 +800$/m);
  });
});

describe('compared tensors for people', () => {
  const form = { dtype: 'float32', shape: [2, 3] };
  const compared: TensorComparisonAnswer = {
    versions: [sampleVersion({ number: 6 }), sampleVersion()],
    counts: { changed: 2, retyped: 0, reshaped: 0, added: 1, removed: 0, unknown: 0, identical: 1200 },
    frozen: [{ name: 'encoder.layer.{0–9}', tensors: 160, elements: 70_000_000 }],
    problems: ['x couldn’t be compared'],
    tensors: [
      { name: 'head.weight', kind: 'changed', before: form, after: form, change: 'Infinity' },
      { name: 'head.bias', kind: 'changed', before: form, after: form, change: 0.000123, notFinite: 2 },
      { name: 'new', kind: 'added', after: form },
      { name: 'body', kind: 'identical', before: form, after: form },
    ],
  };

  it('begin with what changed most, and name what stayed', () => {
    const text = tensorComparisonText(compared, false);
    expect(text).toMatch(/^Tensors: 2 changed, 1 added, 1,200 identical$/m);
    expect(text).toMatch(/^Unchanged parts: encoder\.layer\.\{0–9\} \(160 tensors, 70 M parameters\)$/m);
    expect(text).toMatch(/≠ +head\.weight +from zero +float32 2×3 +float32 2×3$/m);
    expect(text).toMatch(/≠ +head\.bias +1\.2e-4, 2 not finite/m);
    expect(text).toMatch(/≠ +new +added +none +float32 2×3$/m);
    expect(text).toContain('! x couldn’t be compared');
    expect(text).not.toContain('body');
    expect(tensorComparisonText(compared, true)).toMatch(/= +body +identical/);
  });
});
