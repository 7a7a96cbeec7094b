import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { mayHaveImports } from '../../../src/extension/importing/import-signs.ts';
import { modelDetail } from '../../../src/extension/importing/import-text.ts';
import type { ModelOverview } from '../../../src/importing/overview.ts';
import { temporaryFolder } from '../../lineage/folder.ts';

vi.mock('vscode', () => ({}));
const { offerText } = await import('../../../src/extension/importing/import-offers.ts');

function model(name: string, source: ModelOverview['source']): ModelOverview {
  return {
    ...{ key: `${source} ${name}`, name, source, place: source, isPicked: true, isRegistered: true },
    ...{ newVersions: 2, knownVersions: 0, sizeBytes: 10, failedCount: 0, failed: [], stages: [] },
  };
}

describe('what is offered to be imported', () => {
  it('is looked for where a folder of Hugging Face lies in the one that is open', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'out'));
    await writeFile(join(root, 'out/config.json'), '{}');
    expect(await mayHaveImports(root)).toBe(false);
    await writeFile(join(root, 'out/model.safetensors'), '');
    expect(await mayHaveImports(root)).toBe(true);
    expect(await mayHaveImports(join(root, 'nowhere'))).toBe(false);
  });

  it('is told in a sentence, also of two sources', () => {
    expect(offerText([model('churn', 'mlflow')])).toMatch(/^MLflow has 2 versions of churn here\./);
    expect(offerText([model('churn', 'mlflow'), model('fraud', 'wandb')])).toMatch(
      /^MLflow and W&B have 4 versions of 2 models here\./,
    );
  });

  it('says which of it becomes one model', () => {
    const all = [model('churn', 'mlflow'), model('churn', 'wandb'), model('fraud', 'wandb')];
    expect(all.map((one) => modelDetail(one, all).includes('becomes one model with the other churn'))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
