import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { cellsDigest, notebookOf, openNotebook, readNotebook } from '../../src/lineage/notebook.ts';
import { temporaryFolder, write } from './folder.ts';

const code = (source: string | readonly string[], count: number | null, outputs: readonly unknown[] = []) => ({
  ...{ cell_type: 'code', metadata: {}, execution_count: count, source, outputs },
});
const notebook = (...cells: readonly unknown[]) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

const TRAINED = notebook(
  { cell_type: 'markdown', source: ['# Train'] },
  code(['import torch\n', 'x = 1'], 2),
  code('first()', 1),
  code('never()', null),
);

describe('the executed cells of a notebook', () => {
  it('are named by a digest in the order of their execution, whatever they put out', async () => {
    const folder = await temporaryFolder();
    const file = await write(folder, 'work/train.ipynb', TRAINED);
    const read = await readNotebook(file, folder);
    const text = '7\nfirst()18\nimport torch\nx = 1';
    expect(read).toEqual({
      path: 'work/train.ipynb',
      sha256: createHash('sha256').update(TRAINED).digest('hex'),
      cells: createHash('sha256').update(text).digest('hex'),
      cellCount: 2,
    });
    const loud = notebook(code('first()', 8, [{ data: 'x' }]), code('import torch\r\nx = 1', 9));
    const other = await readNotebook(await write(folder, 'loud.ipynb', loud), folder);
    expect(other?.cells).toBe(read?.cells);
    expect(other?.sha256).not.toBe(read?.sha256);
  });

  it('change their digest with any text, and with the order', () => {
    const cells = [
      { order: 1, text: 'a' },
      { order: 2, text: 'b' },
    ];
    const digests = [
      cellsDigest(cells),
      cellsDigest([
        { order: 2, text: 'a' },
        { order: 1, text: 'b' },
      ]),
      cellsDigest([{ order: 1, text: 'ab' }]),
      cellsDigest([...cells, { order: 3, text: '' }]),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  it('are unknown of what isn’t a notebook, isn’t there, or was never executed', async () => {
    const folder = await temporaryFolder();
    for (const text of ['', '{', '[]', '{"cells": 1}', notebook(), notebook(code('x', null))]) {
      expect(await readNotebook(await write(folder, 'x.ipynb', text), folder)).toBeUndefined();
    }
    expect(await readNotebook(`${folder}/gone.ipynb`, folder)).toBeUndefined();
  });
});

it('a command’s notebook is the last one that was executed, and one outside of the project is named without its folder', async () => {
  const root = await temporaryFolder();
  const elsewhere = await temporaryFolder();
  await write(root, 'in.ipynb', notebook(code('x', null)));
  await write(elsewhere, 'out.ipynb', TRAINED);
  const words = ['papermill', 'in.ipynb', `${elsewhere}/out.ipynb`, '-p', 'lr', '0.1'];
  expect(await notebookOf(words, { root, cwd: root })).toMatchObject({ path: 'out.ipynb', cellCount: 2 });
  expect(await notebookOf(['papermill', 'in.ipynb'], { root, cwd: root })).toBeUndefined();
  expect(await notebookOf(['python', 'train.py'], { root, cwd: root })).toBeUndefined();
});

it('an open notebook is known by the cells that the editor executed, and by its file only where that was saved', async () => {
  const root = await temporaryFolder();
  const file = await write(root, 'train.ipynb', TRAINED);
  const cells = [{ order: 4, text: 'other()' }];
  const saved = await openNotebook(file, root, { cells, isSaved: true });
  expect(saved).toMatchObject({
    path: 'train.ipynb',
    sha256: expect.any(String),
    cells: cellsDigest(cells),
    cellCount: 1,
  });
  expect(await openNotebook(file, root, { cells, isSaved: false })).not.toHaveProperty('sha256');
  expect(await openNotebook(file, root, { cells: [], isSaved: true })).toBeUndefined();
});
