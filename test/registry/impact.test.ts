import { describe, expect, it } from 'vitest';
import type { RegisterRequest } from '../../src/registry/api/registering.ts';
import type { Registry } from '../../src/registry/api/registry.ts';
import { makePlace, type Place } from './opened.ts';

async function versionsOf(registry: Registry, of: string): Promise<readonly string[]> {
  const { items } = await registry.impact({ of });
  return items.map(({ version, isDirect, through }) => {
    const how = isDirect ? '' : ` through ${through}`;
    return `${version.model}@${version.number} ${version.stage}${how}`;
  });
}

let count = 0;
async function register(place: Place, registry: Registry, model: string, request: Partial<RegisterRequest> = {}) {
  count += 1;
  const file = await place.write(`out/${model}.bin`, `weights ${count}`);
  return (await registry.register({ model, paths: [file], ...request })).version;
}

const packages = (versions: Readonly<Record<string, string>>) => ({
  packages: Object.entries(versions).map(([name, version]) => ({ name, version })),
});
const commit = (digit: string) => ({ commit: digit.repeat(40), isDirty: false, capturedAt: 'start' }) as const;

describe('what descends from', () => {
  it('a package is found by every specifier, whatever the spelling of its name', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, 'a', { environment: packages({ Scikit_Learn: '1.4.0', numpy: '1.26.4' }) });
    await register(place, registry, 'b', { environment: packages({ 'scikit-learn': '1.5.1', numpy: '2.0.0' }) });
    await register(place, registry, 'c', { environment: packages({ 'scikit-learn': 'local-build' }) });
    await registry.promote({ ref: 'a@1', stage: 'production', reason: 'Good' });
    expect(await versionsOf(registry, 'numpy==1.26.4')).toEqual(['a@1 production']);
    expect(await versionsOf(registry, 'scikit-learn<1.5')).toEqual(['a@1 production']);
    expect(await versionsOf(registry, 'SCIKIT.LEARN>=1.0,<2')).toEqual(['a@1 production', 'b@1 candidate']);
    expect(await versionsOf(registry, 'scikit-learn==local-build')).toEqual(['c@1 candidate']);
    expect(await versionsOf(registry, 'numpy')).toEqual(['a@1 production', 'b@1 candidate']);
    expect(await versionsOf(registry, 'numpy==3')).toEqual([]);
    expect((await registry.impact({ of: 'package:numpy' })).stages).toEqual([
      { stage: 'production', count: 1 },
      { stage: 'candidate', count: 1 },
    ]);
    await expect(registry.impact({ of: 'torch==2' })).rejects.toMatchObject({ code: 'IMPACT_UNKNOWN' });
    await expect(registry.impact({ of: 'numpy>>2' })).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
  });

  it('a version is found over several steps, also when its files were the data of another', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const base = await register(place, registry, 'base');
    await register(place, registry, 'tuned', { base: 'base@1' });
    await register(place, registry, 'distilled', { base: 'tuned@1' });
    const copy = await place.write('elsewhere/teacher.bin', `weights ${count - 2}`);
    await register(place, registry, 'student', { dataPaths: [{ path: 'elsewhere/teacher.bin', source: copy }] });
    await registry.promote({ ref: 'distilled@1', stage: 'production', reason: 'Good' });
    expect(await versionsOf(registry, 'base@1')).toEqual([
      'distilled@1 production through tuned@1',
      'student@1 candidate',
      'tuned@1 candidate',
    ]);
    expect(await versionsOf(registry, base.id)).toHaveLength(3);
    expect(await versionsOf(registry, 'tuned@1')).toEqual(['distilled@1 production']);
    expect(await versionsOf(registry, 'student')).toEqual([]);
  });

  it('data, a commit and a base model elsewhere are found by name or digest', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const source = await place.write('data/train.csv', 'a,b\n');
    const { lineage } = await registry.show({
      ref: (
        await register(place, registry, 'a', { dataPaths: [{ path: 'data/train.csv', source }], code: commit('a') })
      ).id,
    });
    await register(place, registry, 'b', { base: 'meta-llama/Llama-3', code: commit('b') });
    await register(place, registry, 'c', { base: 'c@1' });
    const digest = lineage.data[0]?.sha256 ?? '';
    for (const of of [
      'data/train.csv',
      digest,
      digest.slice(0, 12),
      `data:${digest.slice(0, 7)}`,
      'aaaaaaa',
      'commit:aaaaaaaa',
    ])
      expect(await versionsOf(registry, of), of).toEqual(['a@1 candidate']);
    expect((await registry.impact({ of: digest.slice(0, 12) })).subject).toEqual({
      kind: 'data',
      name: digest.slice(0, 12),
      path: 'data/train.csv',
    });
    expect(await versionsOf(registry, 'Meta-Llama/llama-3')).toEqual(['b@1 candidate']);
    for (const of of ['nothing', 'commit', '', ' ', 'd'.repeat(40), "' OR 1=1 --"])
      await expect(registry.impact({ of }), of).rejects.toMatchObject({ code: 'IMPACT_UNKNOWN' });
    for (const of of ['./data/train.csv', 'data//train.csv', 'data:./data/train.csv'])
      expect(await versionsOf(registry, of), of).toEqual(['a@1 candidate']);
    for (const of of ['data:data/typo.csv', 'data:', 'data:ddddddd', 'base:typo', 'package:typo'])
      await expect(registry.impact({ of }), of).rejects.toMatchObject({ code: 'IMPACT_UNKNOWN' });
    for (const of of ['package:pip==', 'package:', 'x'.repeat(100_000), `data:${'x'.repeat(100_000)}`])
      await expect(registry.impact({ of }), of.slice(0, 50)).rejects.toMatchObject({
        code: 'REFERENCE_INVALID',
        message: expect.stringMatching(/^.{1,200}$/s),
      });
    await expect(registry.impact({ of: 'commit:xyz' })).rejects.toMatchObject({ code: 'REFERENCE_INVALID' });
    await expect(registry.impact({ of: 'a@9' })).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });

  it('what can mean two things is asked back, and deleted versions are gone', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const source = await place.write('numpy', 'x');
    await register(place, registry, 'a', {
      dataPaths: [{ path: 'numpy', source }],
      environment: packages({ numpy: '1' }),
    });
    await expect(registry.impact({ of: 'numpy' })).rejects.toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      message: expect.stringContaining('data:numpy, package:numpy'),
    });
    await registry.deleteVersion({ ref: 'a@1', reason: 'Wrong' });
    expect(await versionsOf(registry, 'data:numpy')).toEqual([]);
  });

  it('many are given in pages, those in production first', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (let index = 0; index < 5; index += 1) await register(place, registry, 'a', { base: 'elsewhere/base' });
    await registry.promote({ ref: 'a@2', stage: 'production', reason: 'Good' });
    await registry.archive({ ref: 'a@5', reason: 'Old' });
    const numbers: number[] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      const page = await registry.impact({
        of: 'elsewhere/base',
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(page.total).toBe(5);
      numbers.push(...page.items.map(({ version }) => version.number));
      cursor = page.next;
    }
    expect(numbers).toEqual([2, 4, 3, 1, 5]);
  });

  it('is the same after the catalog was built anew', async () => {
    const place = await makePlace();
    const registry = await place.open();
    await register(place, registry, 'base');
    await register(place, registry, 'a', { base: 'base@1', environment: packages({ numpy: '1.26.4' }) });
    const before = [await versionsOf(registry, 'base@1'), await versionsOf(registry, 'numpy==1.26.4')];
    await registry.rebuild();
    expect([await versionsOf(registry, 'base@1'), await versionsOf(registry, 'numpy==1.26.4')]).toEqual(before);
    expect(before).toEqual([['a@1 candidate'], ['a@1 candidate']]);
  });
});
