import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Author } from '../../../src/catalog/read-models/author.ts';
import { beginHistory, DAY_MS, HOUR_MS, writeBelow } from './history.ts';

const LONG = 'A reason that somebody wrote down in full, with every thought that led to it. '.repeat(12);
/** Whole sentences. */
const LONG_TAG = LONG.slice(0, LONG.length / 6).trim();
const ARABIC = 'نموذج كشف الاحتيال في بطاقات الدفع';
const PERSON: Author = {
  name: 'Hubert Blaine Wolfeschlegelsteinhausenbergerdorff Senior 👩‍👩‍👧‍👦',
  email: `${'a'.repeat(200)}@example.com`,
};
const LONGEST_MODEL = 'Wide-Model_Name.'.repeat(8);
const LONGEST_ALIAS = 'Alias-of-the-longest-kind-'.repeat(3).slice(0, 64);

/** Models with the longest names, values at the ends of what numbers can say, and more versions than anybody looks at. */
export async function makeExtremeProject(dir: string, stateDir: string): Promise<string> {
  const workspace = join(dir, 'a-folder-with-a-name-that-goes-on-and-on-and-on');
  await mkdir(workspace);
  const registryDir = join(workspace, '.model-registry');
  const history = await beginHistory(registryDir, { daysAgo: 400, people: [PERSON], stateDir });
  const registry = history.as(PERSON);
  const register = async (
    model: string,
    number: number,
    metrics: Readonly<Record<string, number | 'NaN' | 'Infinity'>>,
  ) => {
    history.pass(HOUR_MS);
    const file = await writeBelow(dir, 'extreme.bin', `${model} ${number}`);
    await registry.register({
      model,
      paths: [file],
      metrics,
      params: { prompt: LONG },
      description: `${ARABIC} ${LONG}`,
      tags: { team: LONG_TAG },
    });
  };
  await register(LONGEST_MODEL, 1, { ['loss_without_a_single_break_'.repeat(9)]: 1e308 });
  await registry.setAlias({ model: LONGEST_MODEL, alias: LONGEST_ALIAS, ref: `${LONGEST_MODEL}@1` });
  await registry.promote({ ref: `${LONGEST_MODEL}@1`, stage: 'production', reason: LONG });
  await register(LONGEST_MODEL, 2, { ['loss_without_a_single_break_'.repeat(9)]: 5e-324 });
  await registry.promote({ ref: `${LONGEST_MODEL}@2`, stage: 'production', reason: `${ARABIC} 🎉🎉🎉` });
  for (const alias of ['champion', 'challenger', 'canary', 'shadow', 'eu', 'us', 'apac']) {
    await registry.setAlias({ model: LONGEST_MODEL, alias, ref: `${LONGEST_MODEL}@2` });
  }
  await registry.comment({ ref: `${LONGEST_MODEL}@2`, text: `${LONG}\n\n${ARABIC}` });
  history.pass(DAY_MS);
  await register('a', 1, { auc: 'NaN' });
  await register('a', 2, { auc: 'Infinity' });
  await registry.promote({ ref: 'a@2', stage: 'staging', reason: '1' });
  for (let number = 1; number <= 150; number += 1)
    await register('many', number, { auc: number / 151, loss: 1.234_567_890_123e-9 * number });
  await registry.promote({ ref: 'many@150', stage: 'production', reason: 'The newest' });
  await writeBelow(
    workspace,
    'model-registry.yaml',
    `models:\n  many:\n    outputs: [out/**]\n    gates:\n      production:\n${gates()}`,
  );
  await history.close();
  return workspace;
}

function gates(): string {
  return Array.from(
    { length: 14 },
    (_, index) =>
      `        - {metric: loss, max: ${index / 10}, dataset: data/${'holdout-of-the-year-'.repeat(3)}${index}.csv}\n`,
  ).join('');
}
