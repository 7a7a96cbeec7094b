import { describe, expect, it } from 'vitest';
import { chosenCheckpoint, outputsByRun, wantedCheckpoints } from '../../src/outputs/checkpoints.ts';

/** Files in the order in which they were written. */
const written = (...paths: readonly string[]) => paths.map((path, index) => ({ path, mtimeMs: index * 1000 }));

const names = (...paths: readonly string[]) =>
  outputsByRun(written(...paths)).flatMap(({ checkpoints }) => checkpoints.map(({ name }) => name));

describe('checkpoints among outputs', () => {
  it.each([
    ['of Lightning', ['c/epoch=0-step=10.ckpt', 'c/epoch=1-step=20.ckpt', 'c/last.ckpt']],
    ['of a loop in PyTorch', ['out/epoch_1.pt', 'out/epoch_2.pt', 'out/epoch_10.pt']],
    ['of a loop that has saved one so far', ['out/model_epoch_1.pt']],
    ['of Keras', ['c/weights.01-0.93.keras', 'c/weights.02-0.81.keras']],
    ['of Keras as weights alone', ['c/cp-0001.weights.h5', 'c/cp-0002.weights.h5']],
    ['the best and the last', ['weights/best.pt', 'weights/last.pt']],
  ])('are found: %s', (_what, paths) => {
    expect(names(...paths)).toEqual(paths.map((path) => path.split('/').at(-1)));
  });

  it.each([
    ['one file', ['models/model.safetensors']],
    [
      'shards',
      ['m/model-00001-of-00002.safetensors', 'm/model-00002-of-00002.safetensors', 'm/model.safetensors.index.json'],
    ],
    ['an ensemble', ['m/fold_1.pt', 'm/fold_2.pt', 'm/fold_3.pt']],
    ['several estimators', ['m/model_1.pkl', 'm/model_2.pkl']],
    ['files of different formats', ['m/model.onnx', 'm/model.pt']],
    ['a single best', ['m/best.pt']],
  ])('are not mistaken for them: %s', (_what, paths) => {
    expect(outputsByRun(written(...paths))).toEqual([expect.objectContaining({ folder: '', paths, checkpoints: [] })]);
  });

  it('are the folders of the Trainer of Hugging Face, beside what it saves at the end', () => {
    const [run] = outputsByRun(
      written(
        'out/checkpoint-5/model.safetensors',
        'out/checkpoint-5/trainer_state.json',
        'out/checkpoint-10/model.safetensors',
        'out/runs/Nov25/events.out.tfevents.1',
        'out/config.json',
        'out/model.safetensors',
      ),
    );
    expect(run?.folder).toBe('out');
    expect(run?.checkpoints).toEqual([
      {
        name: 'checkpoint-5',
        paths: ['out/checkpoint-5/model.safetensors'],
        mtimeMs: 0,
      },
      { name: 'checkpoint-10', paths: ['out/checkpoint-10/model.safetensors'], mtimeMs: 2000 },
      { name: '', role: 'final', paths: ['out/config.json', 'out/model.safetensors'], mtimeMs: 5000 },
    ]);
  });

  it('are told apart by runs where these have folders of their own', () => {
    const runs = outputsByRun(
      written(
        'lightning_logs/version_0/checkpoints/epoch=0-step=1.ckpt',
        'lightning_logs/version_1/checkpoints/epoch=0-step=1.ckpt',
        'runs/detect/train/weights/best.pt',
        'runs/detect/train2/weights/best.pt',
        'mlruns/1/models/m-abc/artifacts/model.pkl',
      ),
    );
    expect(runs.map(({ folder }) => folder)).toEqual([
      'lightning_logs/version_0',
      'lightning_logs/version_1',
      'runs/detect/train',
      'runs/detect/train2',
      'mlruns/1/models/m-abc',
    ]);
  });

  it('take small files along that belong to all of them, and no logs', () => {
    const [run] = outputsByRun(
      written('out/epoch_1.pt', 'out/epoch_2.pt', 'out/labels.json', 'out/metrics.json', 'out/train.log'),
    );
    expect(run?.companions).toEqual(['out/labels.json']);
  });
});

describe('the checkpoint that stands for a run', () => {
  const of = (...paths: readonly string[]) => outputsByRun(written(...paths))[0]?.checkpoints ?? [];
  const epochs = of('c/epoch_1.pt', 'c/epoch_2.pt', 'c/epoch_10.pt');

  it('is the best one by the record of the trainer', () => {
    expect(chosenCheckpoint(epochs, { best: 'c/epoch_2.pt', last: 'c/epoch_10.pt' }, 'best')?.name).toBe('epoch_2.pt');
  });

  it('is the best one by its name', () => {
    expect(chosenCheckpoint(of('c/best.pt', 'c/epoch_1.pt', 'c/last.pt'), {}, 'best')?.name).toBe('best.pt');
  });

  it('is else what was saved at the end, or the last one', () => {
    expect(chosenCheckpoint(epochs, {}, 'best')?.name).toBe('epoch_10.pt');
    expect(chosenCheckpoint(of('o/checkpoint-5/m.pt', 'o/model.pt', 'o/checkpoint-9/m.pt'), {}, 'best')?.role).toBe(
      'final',
    );
  });

  it('is the last one where that is asked for', () => {
    expect(chosenCheckpoint(of('c/best.pt', 'c/last.pt'), { best: 'c/best.pt' }, 'last')?.name).toBe('last.pt');
  });

  it('is another one where the recorded one was removed', () => {
    expect(chosenCheckpoint(epochs, { best: 'c/epoch_7.pt' }, 'best')?.name).toBe('epoch_10.pt');
  });

  it('is each of them where all are asked for, in order', () => {
    expect(wantedCheckpoints(epochs.toReversed(), {}, 'all').map(({ name }) => name)).toEqual([
      'epoch_1.pt',
      'epoch_2.pt',
      'epoch_10.pt',
    ]);
  });
});
