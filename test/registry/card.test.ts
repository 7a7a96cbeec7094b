import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitCard } from '../../src/base/card-text.ts';
import { BOB, makePlace } from './opened.ts';

async function registered() {
  const place = await makePlace();
  const registry = await place.open();
  await place.write('out/model.bin', 'weights');
  await registry.register({
    model: 'fraud',
    paths: [join(place.dir, 'out')],
    description: 'Scores card payments.',
    metrics: { auc: 0.93, 'a|b': 1 },
    params: { depth: '8', 'sql`x`': 'a | b\nc' },
    dataPaths: [{ path: 'hf://datasets/example/fraud@abc' }],
  });
  await registry.evaluate({ ref: 'fraud@1', dataset: { name: 'holdout' }, metrics: { auc: 0.9, brier: 0.1 } });
  return { place, registry };
}

describe('a model card', () => {
  it('is drafted of what is recorded, with places for what only people know', async () => {
    const { registry } = await registered();
    const { draft, document, source } = await registry.card({ ref: 'fraud@1' });
    const { metadata, body } = splitCard(draft);
    expect(metadata?.split('\n')).toEqual(
      expect.arrayContaining(['datasets:', '  - example/fraud', 'model-index:', '  - name: fraud']),
    );
    expect(metadata).toContain('name: holdout');
    for (const part of [
      '# fraud',
      'Scores card payments.',
      '| `auc` | holdout | 0.9 |',
      '`` sql`x` ``',
      '`a \\| b c`',
      'from_registry("fraud@1")',
    ])
      expect(body).toContain(part);
    expect(body.match(/_To be written/g)?.length).toBeGreaterThan(3);
    expect([source, document]).toEqual(['draft', draft]);
  });

  it('is the description once somebody wrote one, with the metadata before it in an export', async () => {
    const { registry } = await registered();
    await registry.describe({ ref: 'fraud@1', text: '# Fraud\n\nScores payments.\n\nNot for loans.' });
    const { document, source } = await registry.card({ ref: 'fraud@1' });
    expect(source).toBe('description');
    expect(splitCard(document)).toEqual({
      metadata: expect.stringContaining('holdout'),
      body: '# Fraud\n\nScores payments.\n\nNot for loans.\n',
    });
  });

  it('is found among the files, the one nearest to the root', async () => {
    const { place, registry } = await registered();
    await place.write('hub/README.md', '---\nlicense: mit\n---\n# From the hub');
    await place.write('hub/onnx/README.md', '# Deeper');
    await place.write('hub/model.bin', 'other');
    await registry.register({ model: 'fraud', paths: [join(place.dir, 'hub')] });
    const { file, source, document } = await registry.card({ ref: 'fraud@2' });
    expect(file).toEqual({ path: 'README.md', text: expect.stringContaining('From the hub'), isCut: false });
    expect([source, document]).toEqual(['file', expect.stringContaining('license: mit')]);
  });

  it('isn’t written over what somebody else wrote meanwhile', async () => {
    const { place, registry } = await registered();
    const other = await place.open({ author: BOB });
    await other.describe({ ref: 'fraud@1', text: 'By Bob.' });
    const mine = { ref: 'fraud@1', text: 'By Ann.', expected: 'Scores card payments.' };
    await expect(registry.describe(mine)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await registry.show({ ref: 'fraud@1' })).description).toBe('By Bob.');
    await registry.describe({ ...mine, expected: 'By Bob.\n' });
    expect((await registry.show({ ref: 'fraud@1' })).description).toBe('By Ann.');
  });

  it('that is too long is refused in words', async () => {
    const { registry } = await registered();
    const text = 'x'.repeat(16_385);
    await expect(registry.describe({ ref: 'fraud@1', text })).rejects.toMatchObject({ code: 'TEXT_TOO_LONG' });
  });
});

describe('the metrics of a version among those around it', () => {
  it('are the finite ones, 60 at most, with the version itself', async () => {
    const place = await makePlace();
    const registry = await place.open();
    for (let number = 1; number <= 70; number += 1) {
      const file = await place.write('model.bin', String(number));
      const metrics =
        number === 5 ? { auc: 'NaN' as const } : number % 7 === 0 ? { auc: number, rare: 1 } : { auc: number };
      await registry.register({ model: 'fraud', paths: [file], metrics });
    }
    const numbersOf = async (ref: string, name: string) =>
      (await registry.trends({ ref })).find((trend) => trend.name === name)?.points.map(([number]) => number) ?? [];
    const newest = await numbersOf('fraud@70', 'auc');
    expect([newest.length, newest[0], newest.at(-1)]).toEqual([60, 11, 70]);
    const first = await numbersOf('fraud@1', 'auc');
    expect([first.length, first[0], first.includes(5)]).toEqual([60, 1, false]);
    const middle = await numbersOf('fraud@21', 'auc');
    expect([middle.length, middle.includes(21)]).toEqual([60, true]);
    expect(await numbersOf('fraud@70', 'rare')).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70]);
    expect(await numbersOf('fraud@1', 'rare')).toEqual([]);
  });
});
