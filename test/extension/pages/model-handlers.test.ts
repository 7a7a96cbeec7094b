import { describe, expect, it } from 'vitest';
import { loadModelPage } from '../../../src/extension/pages/model-handlers.ts';
import { makePlace } from '../../registry/opened.ts';

describe('the page of a model', () => {
  it('begins with the metric that the settings name, also where the newest version lacks it', async () => {
    const place = await makePlace();
    const registry = await place.open();
    const file = await place.write('m.bin', 'one');
    const { version } = await registry.register({
      model: 'fraud',
      paths: [file],
      metrics: { auc: 0.9, log_loss: 0.3 },
    });
    await registry.register({ model: 'fraud', paths: [await place.write('m.bin', 'two')], metrics: { auc: 0.95 } });
    const metricFor = async (preferred: string | undefined) =>
      (await loadModelPage(registry, version.modelId, async () => undefined, preferred)).metric;
    expect([await metricFor('log_loss'), await metricFor(undefined), await metricFor('nothing')]).toEqual([
      'log_loss',
      'auc',
      'auc',
    ]);
  });
});
