import * as v from 'valibot';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { MAX_ALIAS_COUNT, refuseTooMuchYaml, WRITTEN_YAML } from '../base/bounded-yaml.ts';
import { messageOf, RegistryError } from '../base/errors.ts';
import { AFTER_KEYS, WEBHOOK_KEYS } from './after-schema.ts';
import { GATE_KEYS } from './gates-schema.ts';
import { nearestKey } from './nearest-key.ts';
import { PROJECT_FILE } from './project-file-name.ts';
import { invalid, type ProjectProblem } from './project-problem.ts';
import { MODEL_KEYS, PROJECT_KEYS, type Project, projectSchema } from './project-schema.ts';

const problemsSchema = v.array(
  v.object({
    line: v.number(),
    column: v.number(),
    message: v.string(),
    meant: v.exactOptional(v.object({ word: v.string(), names: v.array(v.string()), isNear: v.boolean() })),
  }),
);

/** Everything that is wrong in the text of a project file; empty where it can be used. */
export function problemsIn(text: string): readonly ProjectProblem[] {
  try {
    parseProject(text, PROJECT_FILE);
    return [];
  } catch (error) {
    if (RegistryError.is(error, 'PROJECT_FILE_INVALID')) return v.parse(problemsSchema, error.details.problems);
    throw error;
  }
}

/** The project that the text describes. Throws `PROJECT_FILE_INVALID`. `file` is for messages. */
export function parseProject(text: string, file: string): Project {
  try {
    refuseTooMuchYaml(text, WRITTEN_YAML);
  } catch (error) {
    throw invalid(file, [{ line: 1, column: 1, message: messageOf(error) }]);
  }
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
  const parsed = v.safeParse(projectSchema, plainValue(document, file));
  if (parsed.success) {
    refuseUnusableNames(document, parsed.output, (offset, message) => invalid(file, [{ ...placeOf(offset), message }]));
    return parsed.output;
  }
  const problems = parsed.issues.map((issue) => {
    const path = (issue.path ?? []).map((item) => String(item.key));
    return { ...placeOf(offsetOf(document.contents, path)), ...whatIsWrong(issue, path) };
  });
  throw invalid(file, problems);
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) ?? {};
  } catch (error) {
    // Aliases that multiply, or an alias of nothing.
    throw invalid(file, [{ line: 1, column: 1, message: messageOf(error) }]);
  }
}

/** Names that no object of JavaScript can safely have are left out by the schema; a model or gate that was left out in silence would be missed. */
function refuseUnusableNames(
  document: Document,
  project: Project,
  refusal: (offset: number, message: string) => RegistryError,
): void {
  for (const { key, name, value } of entriesOf(document.get('models'))) {
    const model = Object.hasOwn(project.models, name) ? project.models[name] : undefined;
    if (!model) throw refusal(startOf(key) ?? 0, `"${name}" can't be the name of a model`);
    for (const stage of entriesOf(isMap(value) ? value.get('gates') : undefined)) {
      if (!Object.hasOwn(model.gates ?? {}, stage.name))
        throw refusal(startOf(stage.key) ?? 0, `"${stage.name}" can't be the name of a stage`);
    }
  }
}

/** The keys of a map as they are written, but for one that merges others. */
function entriesOf(map: unknown) {
  if (!isMap(map)) return [];
  return map.items
    .map(({ key, value }) => ({ key, name: isScalar(key) ? String(key.value) : '', value }))
    .filter(({ name }) => name !== '<<');
}

function whatIsWrong(issue: v.BaseIssue<unknown>, path: readonly string[]): Pick<ProjectProblem, 'message' | 'meant'> {
  const key = path.at(-1) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = keysAround(path);
    const nearest = nearestKey(key, known);
    const advice = nearest === undefined ? '.' : `: did you mean "${nearest}"?`;
    return {
      message: `There is no key "${key}"${advice} Known here: ${known.join(', ')}`,
      ...(nearest === undefined ? {} : { meant: { word: key, names: [nearest], isNear: true } }),
    };
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return { message: `"${key}" is missing` };
  return { message: path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}` };
}

/** The keys that may stand where one isn't known. */
function keysAround(path: readonly string[]): readonly string[] {
  if (path.length === 1) return PROJECT_KEYS;
  if (path[0] === 'webhooks') return WEBHOOK_KEYS;
  if (path[2] === 'after') return AFTER_KEYS;
  return path[2] === 'gates' ? GATE_KEYS : MODEL_KEYS;
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
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
