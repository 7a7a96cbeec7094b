import * as vscode from 'vscode';
import type { ExecutedNotebook } from '../../workers/runs.ts';

/** What a cell says that may write a model. Others cost nothing when they are executed. */
const MAY_WRITE =
  /\b(?:save\w*|dump\w*|fit\w*|train\w*|export\w*|checkpoint\w*|to_\w+|write\w*|torch|keras|trainer)\b/i;
const MAX_CELLS = 5000;
const MAX_CHARACTERS = 4_000_000;

export interface NotebookEvents {
  /** `cell` is the same for beginning and end. */
  readonly begins: (cell: vscode.NotebookCell, folder: vscode.Uri) => void;
  readonly ends: (cell: vscode.NotebookCell, exitCode: number | undefined, notebook: ExecutedNotebook) => void;
}

/**
 * Tells when cells of notebooks begin and end that may write a model. The editor tells of an execution by a cell's summary: without an
 * outcome while it goes on.
 */
export function followNotebooks({ begins, ends }: NotebookEvents): vscode.Disposable {
  const running = new Set<vscode.NotebookCell>();
  return vscode.workspace.onDidChangeNotebookDocument(({ notebook, cellChanges }) => {
    if (notebook.uri.scheme !== 'file') return;
    for (const { cell, executionSummary } of cellChanges) {
      if (!executionSummary || cell.kind !== vscode.NotebookCellKind.Code) continue;
      const { success } = executionSummary;
      if (success === undefined) {
        if (running.has(cell) || !MAY_WRITE.test(cell.document.getText())) continue;
        running.add(cell);
        begins(cell, notebook.uri);
      } else if (running.delete(cell)) ends(cell, success ? 0 : 1, executedOf(notebook));
    }
  });
}

function executedOf(notebook: vscode.NotebookDocument): ExecutedNotebook {
  const cells = notebook.getCells().flatMap((cell) => {
    const order = cell.executionSummary?.executionOrder;
    return order === undefined ? [] : [{ order, text: cell.document.getText() }];
  });
  const isBounded =
    cells.length <= MAX_CELLS && cells.reduce((sum, { text }) => sum + text.length, 0) <= MAX_CHARACTERS;
  return { file: notebook.uri.fsPath, isSaved: !notebook.isDirty, cells: isBounded ? cells : [] };
}
