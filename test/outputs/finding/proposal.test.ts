import { describe, expect, it } from 'vitest';
import { proposalFor } from '../../../src/outputs/finding/proposal.ts';

const propose = (paths: readonly string[], beside: readonly string[] = [], takenNames: readonly string[] = []) =>
  proposalFor({
    models: paths.map((path, index) => ({ path, mtimeMs: index })),
    beside,
    takenNames,
    workspaceName: 'My Project',
  });

describe('what is proposed for a model that was found', () => {
  it.each([
    ['models/fraud/model.safetensors', 'fraud', 'models/fraud/**'],
    ['models/churn_xgb.json', 'churn_xgb', 'models/churn_xgb.json'],
    ['model.pkl', 'My-Project', 'model.pkl'],
    ['fraud.joblib', 'fraud', 'fraud.joblib'],
    ['saved_models/ranker/saved_model.pb', 'ranker', 'saved_models/ranker/**'],
    ['out/checkpoint-500/model.safetensors', 'My-Project', 'out/**'],
    ['bert-ner/checkpoint-500/model.safetensors', 'bert-ner', 'bert-ner/**'],
    ['lightning_logs/version_0/checkpoints/epoch=0-step=5.ckpt', 'My-Project', 'lightning_logs/version_*/**/*.ckpt'],
    ['runs/detect/train2/weights/best.pt', 'My-Project', 'runs/detect/train*/weights/*.pt'],
    ['checkpoints/resnet_epoch_3.pt', 'My-Project', 'checkpoints/*.pt'],
    ['mnist/epoch_3.pt', 'mnist', 'mnist/*.pt'],
    ['models/llama/model-00001-of-00002.safetensors', 'llama', 'models/llama/**'],
    ['models/a (1)/net.pt', 'net', 'models/a \\(1\\)/net.pt'],
  ])('%s is called %s and found by %s', (path, name, pattern) => {
    expect(propose([path])).toMatchObject({ name, outputs: [pattern], example: path });
  });

  it('is about the newest one', () => {
    expect(propose(['models/old.pt', 'models/new.pt'])?.name).toBe('new');
  });

  it('takes metrics and params along that lie near', () => {
    const beside = [
      'metrics.json',
      'reports/metrics.json',
      'params.yaml',
      'other/deep/metrics.json',
      'models/labels.json',
    ];
    expect(propose(['models/fraud.pt'], beside)).toMatchObject({
      metrics: ['metrics.json', 'reports/metrics.json'],
      params: ['params.yaml'],
    });
  });

  it('gets a name that no other model has', () => {
    expect(propose(['fraud.pt'], [], ['Fraud', 'fraud-2'])?.name).toBe('fraud-3');
  });

  it('is nothing where there is nothing', () => {
    expect(propose([])).toBeUndefined();
  });
});
