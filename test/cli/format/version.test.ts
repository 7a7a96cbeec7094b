import { beforeAll, describe, expect, it } from 'vitest';
import type { TransitionEntry } from '../../../src/catalog/read-models/stages.ts';
import { comparisonText } from '../../../src/cli/format/comparison.ts';
import { versionDetailsJson } from '../../../src/cli/format/json.ts';
import { versionText } from '../../../src/cli/format/version.ts';
import { sampleDetails, sampleVersion, withoutColour } from './sample.ts';

beforeAll(withoutColour);

const ANN = { name: 'Ann Lee', email: 'ann@example.org' };
const promoted: TransitionEntry = {
  from: 'candidate',
  to: 'production',
  kind: 'promote',
  by: ANN,
  at: '2026-11-21T09:00:00.000Z',
  askedAt: '2026-11-21T09:00:00.000Z',
  reason: 'Better on the test set',
  isOverride: false,
  displaced: [6],
  seq: 12,
};

describe('a version for people', () => {
  it('leaves out the sections that have nothing in them', () => {
    const text = versionText(sampleDetails());
    expect(text).toContain('fraud-detector@7');
    for (const title of [
      'Metrics',
      'Params',
      'Tags',
      'Data',
      'History',
      'Notes',
      'Comments',
      'Evaluations',
      'base model',
    ]) {
      expect(text).not.toContain(title);
    }
  });

  it('says by whose word it was registered earlier: of the registry that it was imported from, or of its author', () => {
    const claimed = { createdAt: '2026-11-21T09:00:00.000Z', claimedAt: '2024-05-03T09:00:00.000Z' };
    expect(versionText(sampleDetails({ ...claimed, tags: { 'imported-from': 'mlflow:churn/3' } }))).toMatch(
      /registered +2024-05-03 [\d:]+ \(as mlflow:churn\/3 says; imported 2026-11-21 [\d:]+\) by/,
    );
    expect(versionText(sampleDetails(claimed))).toMatch(
      /registered +2024-05-03 [\d:]+ \(claimed; shared 2026-11-21 [\d:]+\)/,
    );
  });

  it('tells where it came from and what happened to it', () => {
    const text = versionText(
      sampleDetails({
        metrics: { auc: 0.93 },
        transitions: [promoted],
        lineage: {
          code: { commit: '0123456789abcdef', branch: 'main', isDirty: true, capturedAt: 'detection' },
          data: [{ path: 'data/train.csv', sha256: 'cd'.repeat(32), sizeBytes: 1_500_000 }],
          evaluations: [],
          dependencies: [{ name: 'numpy', version: '2.3.0' }],
          environment: { digest: 'ef', python: '3.13.1', foundBy: 'command' },
          locks: [{ path: 'uv.lock', sha256: '12'.repeat(32) }],
          machine: { os: 'Ubuntu 22.04.4 LTS', architecture: 'x64', cpuCount: 8, gpus: ['NVIDIA A100', 'NVIDIA A100'] },
          missing: [{ what: 'run', why: 'no tracker told of it' }],
        },
      }),
    );
    expect(text).toMatch(/code +0123456789ab on main, with uncommitted changes/);
    expect(text).toMatch(/environment +Python 3\.13\.1, 1 package, by the command$/m);
    expect(text).toMatch(/lock files +uv\.lock 121212121212$/m);
    expect(text).toMatch(/machine +Ubuntu 22\.04\.4 LTS, x64, 8 CPUs, 2 × NVIDIA A100$/m);
    expect(text).toMatch(/Not known\n {2}run +no tracker told of it/);
    expect(text).toContain('data/train.csv  cdcdcdcdcdcdcdcd  1.5 MB');
    expect(text).toMatch(
      /promoted to production in place of 6 {2}Ann Lee <ann@example\.org> \(claimed\)\n {6}Better on the test set/,
    );
  });

  it('tells how sure it is which run it came from', () => {
    const lineage = {
      ...sampleDetails().lineage,
      code: {
        ...{ commit: '0123456789abcdef', isDirty: false, capturedAt: 'start' as const, repository: 'fraud' },
        submodules: [{ path: 'vendor/x', commit: 'fedcba9876543210', isDirty: true as const }],
      },
      run: {
        ...{ command: 'python train.py', folder: 'training', seenAs: 'task' as const, othersCount: 1 },
        notebook: { path: 'train.ipynb', cells: 'ab'.repeat(32), cellCount: 3 },
      },
    };
    const text = versionText(sampleDetails({ lineage }));
    expect(text).toMatch(
      /code +0123456789ab of fraud, with submodule vendor\/x at fedcba987654 and uncommitted changes, as the run began$/m,
    );
    expect(text).toMatch(
      /run +python train\.py, train\.ipynb \(3 executed cells\), in training, seen as a task of the editor, or another command that ran then$/m,
    );
  });

  it('says that it isn’t known which of several commands it was, and which they were', () => {
    const why = '3 commands ran when the outputs were written: python a.py; python b.py; python c.py';
    const lineage = { ...sampleDetails().lineage, run: { othersCount: 2 }, missing: [{ what: 'run', why }] };
    const text = versionText(sampleDetails({ lineage }));
    expect(text).toMatch(/run +not known which of 3 commands that ran then wrote the outputs$/m);
    expect(text).toContain(why);
  });

  it('says that the list of files is missing, and what to do', () => {
    const { files: _files, ...withoutFiles } = sampleDetails();
    expect(versionText(withoutFiles)).toContain('Run `model-registry verify --artifacts`');
  });

  it('lets no text from the log act on the terminal', () => {
    const evil = 'x\u001b[2J\u001b]0;owned\u0007\u202ereversed\u009b31m\rback';
    const text = versionText(
      sampleDetails({
        description: evil,
        tags: { [evil]: evil },
        params: { [evil]: evil },
        metrics: { [evil]: 1 },
        createdBy: { name: evil, email: evil },
        transitions: [{ ...promoted, reason: `${evil}\n${evil}`, to: evil }],
        notes: [{ id: 'note', text: evil, by: { name: evil, email: '' }, at: evil }],
        files: [{ path: evil, sha256: 'ab'.repeat(32), sizeBytes: 1, isExecutable: false }],
      }),
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).toContain('\ufffd[2J');
  });
});

describe('a version for programs', () => {
  it('has the fields that are promised, and null for lineage that is unknown', () => {
    expect(versionDetailsJson(sampleDetails({ transitions: [promoted] }))).toMatchObject({
      model: 'fraud-detector',
      number: 7,
      stage: 'candidate',
      createdAt: '2026-11-20T09:00:00.000Z',
      artifact: { digest: 'ab'.repeat(32), size: 1234, files: [] },
      lineage: {
        code: null,
        data: [],
        run: null,
        evaluations: [],
        dependencies: [],
        environment: null,
        locks: [],
        machine: null,
        baseModel: null,
        missing: [],
      },
      transitions: [
        { from: 'candidate', to: 'production', kind: 'promote', by: ANN, reason: 'Better on the test set' },
      ],
      pending: false,
    });
  });
});

describe('a comparison', () => {
  const rows = {
    facts: [],
    params: [],
    tags: [],
    evaluations: [],
    lineage: [],
    data: [],
    hasData: [true, true],
    environment: [],
    dependencies: [],
    hasDependencies: [true, true],
    files: [],
    hasHistory: [false, false],
  };
  const versions = [sampleVersion({ number: 6 }), sampleVersion()];

  it('marks what differs, and which way a metric went', () => {
    const metrics = [
      { name: 'auc', values: [0.912, 0.93], isDifferent: true },
      { name: 'loss', values: [0.1, 0.2], isDifferent: true },
      { name: 'threshold', values: [0.4, 0.5], isDifferent: true },
      { name: 'recall', values: [0.7, undefined], isDifferent: false, isKnown: [true, false] },
    ];
    const lines = comparisonText({ versions, metrics, ...rows }, { withEqual: false })
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['', 'Metrics', 'fraud-detector@6', 'fraud-detector@7', 'Difference'],
      ['≠', 'auc', '0.912', '0.93', '+0.018 better'],
      ['≠', 'loss', '0.1', '0.2', '+0.1 worse'],
      ['≠', 'threshold', '0.4', '0.5', '+0.1'],
      ['', 'recall', '0.7', 'not recorded'],
    ]);
  });

  it('shows where long values differ', () => {
    const start = 'a'.repeat(100);
    const params = [
      { name: 'features', values: [`${start}first`, `${start}second${'b'.repeat(100)}`], isDifferent: true },
    ];
    const text = comparisonText({ versions, metrics: [], ...rows, params }, { withEqual: false });
    expect(text).toContain('…aaaaaaaafirst');
    expect(text).toMatch(/…aaaaaaaasecondb+…/);
  });

  it('says of which version the packages were not recorded, instead of that it has none', () => {
    const dependencies = [{ name: 'numpy', values: [undefined, '2.3.0'], isDifferent: false, isKnown: [false, true] }];
    const compared = { versions, metrics: [], ...rows, dependencies, hasDependencies: [false, true] };
    const cells = (withEqual: boolean) =>
      comparisonText(compared, { withEqual })
        .split('\n')
        .map((line) => line.split(/ {2,}/));
    expect(cells(false)).toEqual([
      ['', 'Packages', 'fraud-detector@6', 'fraud-detector@7'],
      ['', '(all)', 'not recorded', '1 recorded'],
    ]);
    expect(cells(true).at(-1)).toEqual(['', 'numpy', 'not recorded', '2.3.0']);
  });

  it('says "not recorded", not "none", of what nobody knows of a version, and marks no difference there', () => {
    const isKnown = [false, true];
    const environment = [{ name: 'python', values: [undefined, '3.11.2'], isDifferent: false, isKnown }];
    const compared = { versions, metrics: [], ...rows, environment };
    expect(comparisonText(compared, { withEqual: false })).toBe(
      'Nothing differs that was recorded of more than one. Show everything with --all.',
    );
    const lines = comparisonText(compared, { withEqual: true }).split('\n');
    expect(lines.at(-1)?.split(/ {2,}/)).toEqual(['', 'python', 'not recorded', '3.11.2']);
  });

  it('has a table for each dataset, with slices, and one for data', () => {
    const evaluations = [
      {
        dataset: 'holdout',
        isMeasured: [true, true],
        metrics: [{ name: 'auc', values: [0.9, 0.92], isDifferent: true }],
        slices: [{ slice: 'country=DE', metrics: [{ name: 'auc', values: [0.8, 0.7], isDifferent: true }] }],
      },
    ];
    const data = [{ name: 'train.csv', values: ['aaaa', 'bbbb'], isDifferent: true }];
    const compared = { versions, metrics: [], ...rows, evaluations, data, hasData: [true, true] };
    const lines = comparisonText(compared, { withEqual: false })
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(lines).toEqual([
      ['', 'On holdout', 'fraud-detector@6', 'fraud-detector@7', 'Difference'],
      ['≠', 'auc', '0.9', '0.92', '+0.02 better'],
      ['≠', 'country=DE/auc', '0.8', '0.7', '−0.1 worse'],
      [''],
      ['', 'Data', 'fraud-detector@6', 'fraud-detector@7'],
      ['≠', 'train.csv', 'aaaa', 'bbbb'],
    ]);
  });

  it('shows what is equal only when asked', () => {
    const metrics = [{ name: 'auc', values: [0.9, 0.9], isDifferent: false }];
    expect(comparisonText({ versions, metrics, ...rows }, { withEqual: false })).toBe(
      "They don't differ. Show everything with --all.",
    );
    expect(comparisonText({ versions, metrics, ...rows }, { withEqual: true })).toContain('auc');
  });
});
