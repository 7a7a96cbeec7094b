import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { RegistryError, systemErrorCode } from '../base/errors.ts';
import { LATER_KEYS, MODEL_KEYS, PROJECT_FILE, PROJECT_KEYS, type Project, projectSchema } from './project-schema.ts';

const MAX_FILE_BYTES = 1024 * 1024;

/** Something wrong in the project file; lines and columns count from 1. */
export interface ProjectProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads `model-registry.yaml` of a workspace; undefined where there is none. Throws `PROJECT_FILE_INVALID` with every problem in
 * `details.problems` for a file that can't be used.
 */
export async function readProject(root: string): Promise<Project | undefined> {
  const file = join(root, PROJECT_FILE);
  let text: string;
  try {
    if ((await stat(file)).size > MAX_FILE_BYTES)
      throw invalid(file, [{ line: 1, column: 1, message: 'The file is larger than 1 MiB' }]);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  return parseProject(text, file);
}

/** The project that the text describes. Throws `PROJECT_FILE_INVALID`. `file` is for messages. */
export function parseProject(text: string, file: string): Project {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true });
  const placeOf = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      ...placeOf(error.pos[0]),
      message: error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '',
    }));
    throw invalid(file, problems);
  }
  const parsed = v.safeParse(projectSchema, document.toJS({ maxAliasCount: 100 }) ?? {});
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => {
    const path = (issue.path ?? []).map((item) => String(item.key));
    return { ...placeOf(offsetOf(document.contents, path)), message: messageFor(issue, path) };
  });
  throw invalid(file, problems);
}

function messageFor(issue: v.BaseIssue<unknown>, path: readonly string[]): string {
  const key = path.at(-1) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    if (LATER_KEYS.has(key))
      return `"${key}" isn't supported by this version of Model Registry: update it, or remove the key`;
    const known = path.length === 1 ? PROJECT_KEYS : MODEL_KEYS;
    return `There is no key "${key}". Known here: ${known.join(', ')}`;
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `"${key}" is missing`;
  return path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`;
}

/** Where the key or, in a list, the item stands that the path leads to, or the nearest thing around it. */
function offsetOf(root: unknown, path: readonly string[]): number {
  let node: unknown = root;
  let offset = 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  const range = (node as Partial<Node> | undefined)?.range;
  return range?.[0];
}

function invalid(file: string, problems: readonly ProjectProblem[]): RegistryError {
  const lines = problems.map(({ line, message }) => `line ${line}: ${message}`).join('; ');
  return new RegistryError('PROJECT_FILE_INVALID', `${file} can't be used: ${lines}.`, { details: { file, problems } });
}
