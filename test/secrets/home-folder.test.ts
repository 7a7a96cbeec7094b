import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataWithoutHome } from '../../src/secrets/home-folder.ts';

describe('home folders', () => {
  it.each([
    ['train.py /home/someone/private/model', 'train.py ~/private/model'],
    ["train.py '--from=/Users/ada/x y'", "train.py '--from=~/x y'"],
    ['C:\\Users\\ada\\data.csv', '~\\data.csv'],
    ['/home/ada:/home/bob', '~:~'],
    [join(homedir(), 'x'), '~/x'],
    ['file:///home/ada/data.csv', 'file://~/data.csv'],
  ])('are a tilde: %s', (text, expected) => {
    expect(dataWithoutHome({ run: { command: text }, list: [text] })).toEqual({
      run: { command: expected },
      list: [expected],
    });
  });

  it.each(['models/home/ada/x', '/homework/ada/x', '/data/home', 'a/b', '/home', 'https://example.com/home/ada/x'])(
    'are not seen where there are none: %s',
    (text) => {
      const data = { a: [text, 1, null] };
      expect(dataWithoutHome(data)).toBe(data);
    },
  );
});
