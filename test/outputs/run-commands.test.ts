import { expect, it } from 'vitest';
import { mayTrain, programOf } from '../../src/outputs/run-commands.ts';

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
  'node train.mjs',
  'npm run train',
  'git pull && python train.py',
  'source .venv/bin/activate; python train.py',
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
  'git add train.py',
  'git commit -m "Train longer" train.py',
  'cat train.py | grep lr',
  'vim train.sh',
  'cd train',
  'model-registry run -- python train.py',
  '',
])('%s is none', (line) => {
  expect(mayTrain(line)).toBe(false);
});

it.each([
  ['python train.py --lr 0.1', ['python', 'train.py', '--lr', '0.1']],
  ['CUDA_VISIBLE_DEVICES=0 python3 "my train.py"', ['python3', 'my train.py']],
  ["cd src && '/opt/my env/bin/python' train.py", ['/opt/my env/bin/python', 'train.py']],
  ['git pull; time python train.py > log 2>&1', ['python', 'train.py', '>', 'log', '2>&1']],
  ['', []],
])('the program of %s is found among what stands around it', (line, words) => {
  expect(programOf(line)).toEqual(words);
});
