import { expect, it } from 'vitest';
import { FORMATS } from '../../../src/modelfiles/formats.ts';
import { corpus } from './corpus.ts';
import { inputOf, readInput } from './one-input.ts';

const INPUTS = 4000;

it('reads whatever is changed in a file, in every format: no crash, nothing outside of it, no trick with prototypes', async () => {
  const models = await corpus();
  const reached = new Set<string>();
  for (let seed = 0; seed < INPUTS; seed += 1) {
    try {
      for (const format of (await readInput(inputOf(seed, models))).formats) reached.add(format);
    } catch (error) {
      throw new Error(`npm run fuzz -- --seed ${seed} repeats it`, { cause: error });
    }
  }
  expect(FORMATS.map(({ id }) => id).filter((id) => !reached.has(id))).toEqual([]);
});
