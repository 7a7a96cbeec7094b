import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { cellsDigest } from '../../src/lineage/notebook.ts';
import { CELLS, git } from './notebook-project.ts';

const WAIT_MS = 40_000;

/** A model that a cell of a notebook writes is of that notebook, with the code as it was when the cell began. */
export async function cellRegistersModel(): Promise<void> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(root, 'no folder is open');
  const controller = vscode.notebooks.createNotebookController('test-kernel', 'jupyter-notebook', 'Test kernel');
  let count = 0;
  controller.supportsExecutionOrder = true;
  controller.executeHandler = async (cells) => {
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      count += 1;
      execution.executionOrder = count;
      execution.start(Date.now());
      if (cell.document.getText().includes('save_model')) await saveModel(root, count);
      execution.end(true, Date.now());
    }
  };
  const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(join(root, 'train.ipynb')));
  controller.updateNotebookAffinity(document, vscode.NotebookControllerAffinity.Preferred);
  await vscode.window.showNotebookDocument(document);
  // What is written before the project file was read belongs to nobody.
  const until = Date.now() + WAIT_MS;
  let recorded: string | undefined;
  while (recorded === undefined && Date.now() < until) {
    await vscode.commands.executeCommand('notebook.execute');
    await pause(2000);
    recorded = (await logOf(root)).find((line) => line.includes('"seenAs":"notebook"'));
  }
  controller.dispose();
  assert.ok(recorded, `nothing was registered of the notebook: ${(await logOf(root)).join('\n')}`);
  const cells = cellsDigest(CELLS.map((text, order) => ({ order, text })));
  assert.match(recorded, new RegExp(`"path":"train.ipynb"[^}]*"cells":"${cells}","cellCount":2`));
  assert.match(recorded, new RegExp(`"commit":"${git(root, 'rev-parse', 'HEAD')}"`));
  assert.match(recorded, /"capturedAt":"start"/);
}

async function saveModel(root: string, value: number): Promise<void> {
  const header = JSON.stringify({ w: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  await mkdir(join(root, 'out'), { recursive: true });
  await writeFile(
    join(root, 'out/model.safetensors'),
    Buffer.concat([length, Buffer.from(header), Buffer.from([value])]),
  );
}

/** The lines of all commits. */
export async function logOf(root: string): Promise<readonly string[]> {
  const folder = join(root, '.git/model-registry/log');
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n'));
}
