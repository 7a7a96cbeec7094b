import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { RegistryConnection } from '../registries/registry-connection.ts';
import type { SampleProject } from './sample-project.ts';

const MODEL = 'fraud-detector';
const FILES = { model: 'models/fraud/model.safetensors', metrics: 'reports/metrics.json', params: 'params.yaml' };

const descriptions: Readonly<Record<string, string>> = {
  baseline: 'Five features',
  wider: 'Two features more: at night abroad, many payments of large amounts',
  balanced: 'The same features, with fraud weighed four times',
};

type SampleRegistry = Pick<RegistryCalls, 'register' | 'promote' | 'note'>;

/**
 * Registers the sample's versions as if they had just been trained in `dir`, one after another: version 1 was in production, version 2 is, and
 * version 3 waits. The files of the last one stay, as after a run.
 */
export async function registerSampleVersions(
  connection: Pick<RegistryConnection, 'readValues'> & { readonly registry: SampleRegistry },
  dir: string,
  { runs, code }: SampleProject,
): Promise<void> {
  const { registry } = connection;
  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  };
  for (const [index, { name, model, metrics, params }] of runs.entries()) {
    await write(FILES.params, params);
    await write(FILES.metrics, metrics);
    await write(FILES.model, Buffer.from(model, 'base64'));
    const values = await connection.readValues({
      metrics: [join(dir, FILES.metrics)],
      params: [join(dir, FILES.params)],
    });
    const trained = code[Math.min(index, code.length - 1)];
    await registry.register({
      model: MODEL,
      modelDescription: 'Probability that a card transaction is fraud',
      paths: [join(dir, dirname(FILES.model))],
      folder: dir,
      ...values,
      description: descriptions[name] ?? name,
      run: { name, command: `python3 train.py --config configs/${name}.json` },
      ...(trained ? { code: trained } : {}),
      missing: [{ what: 'data', why: 'the sample comes without its data: train.py makes it' }],
    });
  }
  await registry.promote({ ref: `${MODEL}@1`, stage: 'production', reason: 'First model of the sample' });
  await registry.promote({
    ref: `${MODEL}@2`,
    stage: 'production',
    reason: 'Ranks better on the same test set, and its probabilities are closer to what happens',
  });
  await registry.note({
    ref: `${MODEL}@3`,
    text: 'Ranks a little better still. Its probabilities are far too high: look at calibration_error before you promote it.',
  });
}
