import { expect, it } from 'vitest';
import { globalOptionsFirst } from '../../src/cli/global-options.ts';

it.each([
  ['list --json', '--json list'],
  ['show fraud@1 --json --tensors', '--json show fraud@1 --tensors'],
  ['list fraud --registry r -C d --offline', '--registry r -C d --offline list fraud'],
  ['list --registry=r', '--registry=r list'],
  ['note fraud@1 -- --json', 'note fraud@1 -- --json'],
  ['--json run -- python train.py --json', '--json run -- python train.py --json'],
  ['-C d run python train.py --registry x', '-C d run python train.py --registry x'],
  ['run --json -- python train.py --json', '--json run -- python train.py --json'],
  ['run --model m --registry r -C d -- make --offline', '--registry r -C d run --model m -- make --offline'],
  ['run --model=m --json --offline -- make', '--json --offline run --model=m -- make'],
  ['run --model --json -- make', 'run --model --json -- make'],
  ['run --json python train.py --json -- x', '--json run python train.py --json -- x'],
  ['-C d run -- make -C e', '-C d run -- make -C e'],
  ['list -C', 'list -C'],
  ['', ''],
])('puts the options of every command first: %s', (given, expected) => {
  const words = (line: string) => line.split(' ').filter((word) => word !== '');
  expect(globalOptionsFirst(words(given))).toEqual(words(expected));
});
