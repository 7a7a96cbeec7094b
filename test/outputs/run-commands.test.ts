import { expect, it } from 'vitest';
import { mayTrain } from '../../src/outputs/run-commands.ts';

it.each([
  'python train.py',
  'python3.12 -m trainer --epochs 3',
  '/usr/bin/python3 "/w/my train.py"',
  'CUDA_VISIBLE_DEVICES=0 python train.py',
  'uv run train.py',
  'torchrun --nproc_per_node 2 train.py',
  'make train',
  './train.sh --fast',
  'cd src && python train.py',
  'dvc repro',
  '.venv\\Scripts\\python.exe train.py',
])('%s may be a run', (line) => {
  expect(mayTrain(line)).toBe(true);
});

it.each([
  'ls -l',
  'git pull',
  'python',
  'ipython',
  'python -i',
  'python manage.py runserver',
  'uvicorn app:app',
  'tensorboard --logdir runs',
  'jupyter lab',
  'python -m pip install torch',
  'npm run dev',
  'python --version',
  '',
])('%s is none', (line) => {
  expect(mayTrain(line)).toBe(false);
});
