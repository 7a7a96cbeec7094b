import { describe, expect, it } from 'vitest';
import { makePlace } from './opened.ts';

const sha256 = (digit: string) => digit.repeat(64);

describe('packages, machine and lock files of versions', () => {
  it('stand side by side where versions are compared', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const register = async (content: string, commit: string, gpu: string, packages: readonly string[]) =>
      registry.register({
        model: 'fraud',
        paths: [await place.write('weights.bin', content)],
        environment: {
          packages: packages.map((name) => ({ name, version: '1' })),
          sources: [{ name: 'mine', isEditable: true, commit }],
          conda: ['cudatoolkit'],
          foundBy: 'command',
        },
        locks: [{ path: 'uv.lock', sha256: sha256(commit.slice(0, 1)) }],
        machine: { cpuCount: 8, gpus: [gpu] },
      });
    await register('one', 'a'.repeat(40), 'NVIDIA A100', ['cudatoolkit', 'mine']);
    await register('two', 'b'.repeat(40), 'NVIDIA H100', ['cudatoolkit', 'mine']);
    const { environment, dependencies } = await registry.compare({ refs: ['fraud@1', 'fraud@2'] });
    expect(environment).toEqual(
      expect.arrayContaining([
        { name: 'GPUs', values: ['NVIDIA A100', 'NVIDIA H100'], isDifferent: true },
        { name: 'lock uv.lock', values: ['a'.repeat(12), 'b'.repeat(12)], isDifferent: true },
        { name: 'CPUs', values: [8, 8], isDifferent: false },
      ]),
    );
    expect(dependencies).toEqual([
      {
        name: 'mine',
        values: [`1 @${'a'.repeat(12)} (editable)`, `1 @${'b'.repeat(12)} (editable)`],
        isDifferent: true,
        ranks: [0, 0],
      },
      { name: 'cudatoolkit', values: ['1', '1'], isDifferent: false },
    ]);
  });

  it('are the same after the catalog was built anew, and in texts of any kind', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await registry.register({
      model: 'fraud',
      paths: [await place.write('weights.bin', 'x')],
      environment: { packages: [{ name: 'libblas', version: '3' }], conda: ['libblas'] },
      machine: { os: `two\nlines ${'long '.repeat(100)}`, cpu: '' },
      missing: [{ what: 'code\u0007', why: 'x'.repeat(5000) }],
    });
    const { lineage } = await registry.show({ ref: 'fraud@1' });
    expect(lineage.dependencies).toEqual([{ name: 'libblas', version: '3', isConda: true }]);
    expect(lineage.machine?.os).toMatch(/^two lines long/);
    expect(lineage.missing[0]).toEqual({ what: 'code ', why: 'x'.repeat(1024) });
    await registry.rebuild();
    expect((await registry.show({ ref: 'fraud@1' })).lineage).toEqual(lineage);
  });
});
