import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { recordedPath } from '../base/inside.ts';
import type { NotebookLineage } from '../catalog/read-models/lineage.ts';

const MAX_BYTES = 64 * 1024 * 1024;

const notebookSchema = v.object({
  cells: v.array(
    v.object({
      cell_type: v.string(),
      execution_count: v.fallback(v.nullish(v.number()), undefined),
      source: v.fallback(v.union([v.string(), v.array(v.string())]), ''),
    }),
  ),
});

/** A cell that was executed: when, among the others, and what it said then. */
export interface ExecutedCell {
  readonly order: number;
  readonly text: string;
}

/**
 * The SHA-256 of the executed cells in the order of their execution: of each, its length in bytes as a line, and its text. Equal for two
 * runs of the same cells, whatever they put out.
 */
export function cellsDigest(cells: readonly ExecutedCell[]): string {
  const hash = createHash('sha256');
  for (const { text } of cells.toSorted((a, b) => a.order - b.order)) {
    const bytes = Buffer.from(text.replace(/\r\n?/g, '\n'));
    hash.update(`${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * The notebook that a command executed, of its words: the last one that is there and was executed, since what executes notebooks names
 * the result last. Its path is relative to `root`. Undefined where there is none.
 */
export async function notebookOf(
  words: readonly string[],
  { root, cwd }: { readonly root: string; readonly cwd: string },
): Promise<NotebookLineage | undefined> {
  for (const word of words.filter((candidate) => /\.ipynb$/i.test(candidate)).reverse()) {
    const found = await readNotebook(resolve(cwd, word), root);
    if (found) return found;
  }
  return undefined;
}

/** A notebook whose cells an editor executed, with its file's digest where that has them. */
export async function openNotebook(
  file: string,
  root: string,
  { cells, isSaved }: { readonly cells: readonly ExecutedCell[]; readonly isSaved: boolean },
): Promise<NotebookLineage | undefined> {
  if (cells.length === 0) return undefined;
  const saved = isSaved ? await readNotebook(file, root) : undefined;
  return {
    path: recordedPath(root, file),
    ...(saved?.sha256 === undefined ? {} : { sha256: saved.sha256 }),
    cells: cellsDigest(cells),
    cellCount: cells.length,
  };
}

/** A notebook file with its executed cells; undefined for what is no notebook, too large, or was never executed. */
export async function readNotebook(file: string, root: string): Promise<NotebookLineage | undefined> {
  try {
    const found = await stat(file);
    if (!found.isFile() || found.size > MAX_BYTES) return undefined;
    const bytes = await readFile(file);
    const { cells } = v.parse(notebookSchema, JSON.parse(bytes.toString('utf8')));
    const executed = cells.flatMap(({ cell_type, execution_count, source }) =>
      cell_type === 'code' && typeof execution_count === 'number'
        ? [{ order: execution_count, text: typeof source === 'string' ? source : source.join('') }]
        : [],
    );
    if (executed.length === 0) return undefined;
    return {
      path: recordedPath(root, file),
      sha256: createHash('sha256').update(bytes).digest('hex'),
      cells: cellsDigest(executed),
      cellCount: executed.length,
    };
  } catch {
    // No notebook, or one that is being written: nothing is known of it then.
    return undefined;
  }
}
