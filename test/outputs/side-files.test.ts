import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../../src/base/errors.ts';
import { outputStates, registerAfterRun } from '../../src/outputs/after-run.ts';
import { registerDeclared } from '../../src/outputs/capture.ts';
import { parseProject } from '../../src/project/parse-project.ts';
import { findRuns } from '../../src/runs/find-runs.ts';
import { readMetricsFile, readParamsFile } from '../../src/runs/values-file.ts';
import { makeWorkspace as watchedFolder, watchWorkspace } from './watched.ts';
import { makeWorkspace } from './workspace.ts';

describe('a run whose side files are bad', () => {
  it('registers the files that are left where one vanishes meanwhile, and a model beside one that can not be', async () => {
    const { root, registry, write } = await makeWorkspace();
    const project = parseProject(
      'models:\n  fraud:\n    outputs: [out/**]\n  other:\n    outputs: [other.bin]\n',
      'x.yaml',
    );
    const before = await outputStates(root, project);
    await write('out/a.bin', 'a');
    await write('out/b.bin', 'b');
    await write('other.bin', 'o');
    const problems: unknown[] = [];
    const failures: unknown[] = [];
    const results = await registerAfterRun({
      ...{ root, project, registry, before, models: ['fraud', 'other'], operation: {} },
      run: { id: 'r', command: 'train', exitCode: 0 },
      providers: {
        // Asked for after the files were looked at.
        code: async () => {
          await rm(join(root, 'out/b.bin'), { force: true });
          await rm(join(root, 'other.bin'), { force: true });
          return undefined;
        },
        environment: async () => undefined,
        metrics: readMetricsFile,
        params: readParamsFile,
      },
      onProblem: (problem) => problems.push(problem),
      onFailed: (failure) => failures.push(failure),
    });
    expect(results).toHaveLength(1);
    const shown = await registry.show({ ref: 'fraud@1' });
    expect(shown.artifact.fileCount).toBe(1);
    expect(shown.lineage.missing).toContainEqual({
      what: 'outputs[out/b.bin]',
      why: 'it vanished while the version was registered',
    });
    expect(problems).toMatchObject([{ code: 'PATH_NOT_FOUND', message: expect.stringContaining('out/b.bin') }]);
    expect(failures).toMatchObject([{ code: expect.stringMatching(/OUTPUTS_MISSING|PATH_NOT_FOUND/) }]);
  });

  it('names the links among its outputs that lead to what is none', async () => {
    const { root, registry, write } = await makeWorkspace();
    const project = parseProject('models:\n  fraud:\n    outputs: [out/**]\n', 'x.yaml');
    const before = await outputStates(root, project);
    await write('cache/weights.bin', 'w');
    await write('out/config.json', '{}');
    await write('out/deep/a.bin', 'a');
    await symlink('../cache/weights.bin', join(root, 'out/weights.bin'));
    await symlink('deep/a.bin', join(root, 'out/last.bin'));
    await symlink('nowhere', join(root, 'out/gone.bin'));
    const problems: unknown[] = [];
    await registerAfterRun({
      ...{ root, project, registry, before, models: ['fraud'], operation: {} },
      run: { id: 'r', command: 'train', exitCode: 0 },
      providers: {
        ...{ code: async () => undefined, environment: async () => undefined },
        ...{ metrics: readMetricsFile, params: readParamsFile },
      },
      onProblem: (problem) => problems.push(problem),
      onFailed: (failure) => expect.unreachable(String(failure)),
    });
    const shown = await registry.show({ ref: 'fraud@1' });
    expect(shown.artifact.fileCount).toBe(2);
    expect(shown.lineage.missing.filter(({ what }) => what.startsWith('outputs'))).toEqual([
      { what: 'outputs[out/weights.bin]', why: 'it is a link, which is not followed' },
    ]);
    expect(problems).toMatchObject([{ code: 'OUTPUT_LINK', message: expect.stringContaining('out/weights.bin') }]);
  });

  it('is registered by the watcher with what can be recorded', async () => {
    const root = await watchedFolder();
    const watching = await watchWorkspace(root);
    await watching.write('reports/metrics.json', '{"auc": 0.9, "recall@k\\n": 0.5, "loss": 1e400}');
    await watching.write('params.yaml', 'rate: [');
    await watching.write('models/fraud/model.bin', 'weights');
    await watching.untilRegistered(1);
    const shown = await watching.registry.show({ ref: 'fraud@1' });
    expect(shown.metrics).toEqual({ auc: 0.9 });
    expect(shown.lineage.missing).toContainEqual({
      what: 'metrics[reports/metrics.json]',
      why: expect.stringMatching(/has the name "recall@k\\n".*value for loss that is larger than any number/),
    });
    expect(shown.lineage.missing).toContainEqual({ what: 'params[params.yaml]', why: expect.any(String) });
    expect(watching.problems).toMatchObject([
      { code: 'VALUES_FILE_INVALID', details: { isLeftOut: true } },
      { code: 'VALUES_FILE_INVALID', details: { isLeftOut: true } },
    ]);
  });

  it('is registered where the names of its metrics are longer together than an entry of the log', async () => {
    const watching = await watchWorkspace(await watchedFolder());
    const many = Array.from({ length: 1900 }, (_, place) => [`${place}-${'x'.repeat(240)}`, place] as const);
    await watching.write('reports/metrics.json', JSON.stringify(Object.fromEntries([['auc', 0.9], ...many])));
    await watching.write('models/fraud/model.bin', 'weights');
    await watching.untilRegistered(1);
    const { metrics, lineage } = await watching.registry.show({ ref: 'fraud@1' });
    expect(metrics).toMatchObject({ auc: 0.9 });
    expect(lineage.missing).toContainEqual({ what: 'metrics', why: expect.stringContaining('too long together') });
  });

  it('tells what of the records of its trackers no version can have', async () => {
    const { root, registry, write } = await makeWorkspace();
    const project = parseProject('models:\n  fraud:\n    outputs: [out/**]\n', 'x.yaml');
    await write(
      'out/trainer_state.json',
      '{"log_history": [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 1e400}], "global_step": 2}',
    );
    await write('out/metrics.json', '{"auc": 0.9, "a\\u0000b": 1}');
    await write('out/model.bin', 'w');
    const problems: RegistryError[] = [];
    const model = project.models.fraud;
    if (!model) throw new Error('The project has no such model');
    const { version } = await registerDeclared({
      ...{ root, name: 'fraud', model: { ...model, outputs: ['out/model.bin'] }, project, registry },
      providers: {
        ...{ code: async () => undefined, environment: async () => undefined },
        ...{ metrics: readMetricsFile, params: readParamsFile },
        runs: async (near, sinceMs) => (await findRuns(root, { near, sinceMs })).runs,
      },
      onLeftOut: (problem) => problems.push(problem),
    });
    expect(version.metrics).toEqual({ auc: 0.9 });
    const { missing } = (await registry.show({ ref: 'fraud@1' })).lineage;
    const ofMetrics = missing.filter(({ what }) => what.startsWith('metrics'));
    expect(ofMetrics.map(({ what }) => what).sort()).toEqual(['metrics', 'metrics[out/metrics.json]']);
    expect(ofMetrics.find(({ what }) => what === 'metrics')?.why).toContain(
      'The metric loss is larger than any number',
    );
    expect(problems.map(({ code }) => code)).toEqual(['VALUES_FILE_INVALID', 'VALUES_FILE_INVALID']);
  });
});
