import * as v from 'valibot';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { MAX_ALIAS_COUNT, refuseTooMuchYaml, WRITTEN_YAML } from '../base/bounded-yaml.ts';
import { messageOf, RegistryError } from '../base/errors.ts';
import { groupBy } from '../base/group-by.ts';
import { issueText } from '../base/schema-words.ts';
import { yamlProblem } from '../base/yaml-problem.ts';
import { AFTER_KEYS, WEBHOOK_KEYS } from './after-schema.ts';
import { GATE_KEYS } from './gates-schema.ts';
import { MODEL_NAME_PATTERN } from './model-name.ts';
import { nearestKey } from './nearest-key.ts';
import { PROJECT_FILE } from './project-file-name.ts';
import { invalid, type ProjectProblem } from './project-problem.ts';
import { MODEL_KEYS, PROJECT_KEYS, type Project, paths, projectSchema } from './project-schema.ts';
import type { RefusedModel } from './refused-models.ts';
import { SECTION_KEYS, type SectionKey, type UnusableSection } from './unusable-sections.ts';

const problemsSchema = v.array(
  v.object({
    line: v.number(),
    column: v.number(),
    message: v.string(),
    meant: v.exactOptional(v.object({ word: v.string(), names: v.array(v.string()), isNear: v.boolean() })),
  }),
);

/** No section beside the models is as deep. */
const MAX_SECTION_DEPTH = 8;

/** The sections as they are given, before any rule is asked. */
const sectionsSchema = v.looseObject({ models: v.record(v.string(), v.unknown()) });

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

/** The project that the text describes, without any mistake. Throws `PROJECT_FILE_INVALID`. `file` is for messages. */
export function parseProject(text: string, file: string): Project {
  const source = sourceOf(text, file);
  if (source.repeated.length > 0) throw invalid(file, source.repeated.map(withoutModel));
  const checked = check(source, source.value);
  if ('project' in checked) return checked.project;
  throw invalid(file, checked.problems.map(withoutModel));
}

/**
 * What the text describes, as far as it can be used: a model whose section has a mistake is in `refused`, with what is wrong, another section in
 * `unusable`, and the others are there. Throws `PROJECT_FILE_INVALID` for every other mistake, and where it can't be told which model it concerns: a gate mustn't be missed.
 */
export function usableProject(text: string, file: string): Project {
  const source = sourceOf(text, file);
  const refused: RefusedModel[] = [];
  const unusable: UnusableSection[] = [];
  let problems = source.repeated;
  let value = source.value;
  for (;;) {
    for (const [key, own] of groupBy(problems, ({ section }) => section)) {
      if (key === undefined) continue;
      const others = withoutSection(value, key);
      if (others === undefined) throw invalid(file, problems.map(withoutModel));
      unusable.push({ key, file, problems: own.map(withoutModel) });
      value = others;
    }
    const ofModels = problems.filter(({ section }) => section === undefined);
    for (const [name, own] of groupBy(ofModels, ({ model }) => model)) {
      const section = sectionOf(value, name);
      if (name === undefined || !section) throw invalid(file, problems.map(withoutModel));
      refused.push({ name, file, problems: own.map(withoutModel), ...claimsOf(section.value) });
      value = section.others;
    }
    const checked = check(source, value);
    if ('project' in checked) {
      return {
        ...checked.project,
        ...(refused.length > 0 ? { refused } : {}),
        ...(unusable.length > 0 ? { unusable } : {}),
      };
    }
    problems = checked.problems;
  }
}

/** What the text is before any rule of projects is asked. */
interface Source {
  readonly document: Document;
  readonly value: unknown;
  /** Keys that stand twice. */
  readonly repeated: readonly LocatedProblem[];
  placeOf(offset: number): { readonly line: number; readonly column: number };
}

/** The model is that in whose section the problem stands; undefined for any other place. */
interface LocatedProblem extends ProjectProblem {
  readonly model?: string | undefined;
  /** Where it stands in one of the sections beside the models. */
  readonly section?: SectionKey | undefined;
}

function sourceOf(text: string, file: string): Source {
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
  const problems = document.errors.map((error) => ({
    ...placeOf(error.pos[0]),
    message: yamlProblem(error),
    model: modelAt(document, error.pos[0]),
  }));
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) throw invalid(file, problems.map(withoutModel));
  return { document, value: plainValue(document, file), repeated: problems, placeOf };
}

/** The project that a value of the document describes, or what is wrong with it. */
function check(
  { document, placeOf }: Source,
  value: unknown,
): { readonly project: Project } | { readonly problems: readonly LocatedProblem[] } {
  const parsed = v.safeParse(projectSchema, value);
  if (parsed.success) {
    const problem = unusableName(document, value, parsed.output);
    if (!problem) return { project: parsed.output };
    const { offset, message, model } = problem;
    return { problems: [{ ...placeOf(offset), message, model }] };
  }
  const problems = parsed.issues.map((issue) => {
    const path = (issue.path ?? []).map((item) => String(item.key));
    const model = path[0] === 'models' ? path[1] : undefined;
    const section = SECTION_KEYS.find((key) => key === path[0]);
    return { ...placeOf(offsetOf(document.contents, path)), ...whatIsWrong(issue, path), model, section };
  });
  return { problems };
}

function withoutModel({ model: _model, section: _section, ...problem }: LocatedProblem): ProjectProblem {
  return problem;
}

/**
 * The section of a model, and the value without it. Undefined where it may be no model's: `gates` or the name of a stage that isn't far enough to the
 * right reads as a model, and what it says would be missed for the one above it.
 */
function sectionOf(
  value: unknown,
  name: string | undefined,
): { readonly value: unknown; readonly others: unknown } | undefined {
  const models = v.safeParse(sectionsSchema, value);
  if (!models.success || name === undefined || !MODEL_NAME_PATTERN.test(name)) return undefined;
  const { [name]: section, ...others } = models.output.models;
  if (!Object.hasOwn(models.output.models, name) || Array.isArray(section)) return undefined;
  const isModels =
    typeof section !== 'object' || section === null || Object.keys(section).some((key) => MODEL_KEYS.includes(key));
  return isModels ? { value: section, others: { ...models.output, models: others } } : undefined;
}

/** The value without a section beside the models. Undefined where a model may stand in it by mistake: its gates would be missed. */
function withoutSection(value: unknown, key: SectionKey): object | undefined {
  const { [key]: section, ...others } = v.parse(v.looseObject({}), value);
  return holdsModel(section) ? undefined : others;
}

function holdsModel(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth > MAX_SECTION_DEPTH) return true;
  return Object.entries(value).some(([key, inner]) => MODEL_KEYS.includes(key) || holdsModel(inner, depth + 1));
}

/** What a section that can't be used says of files, where that can be read. */
function claimsOf(section: unknown): Pick<RefusedModel, 'outputs' | 'metrics' | 'params'> {
  const read = (key: string) => {
    const parsed = v.safeParse(v.object({ [key]: paths }), section);
    return parsed.success ? (parsed.output[key] ?? []) : [];
  };
  return { outputs: read('outputs'), metrics: read('metrics'), params: read('params') };
}

/** In whose section of the document a place is. */
function modelAt(document: Document, offset: number): string | undefined {
  return entriesOf(document.get('models')).find(({ key, value }) => {
    const end = (isNode(value) ? value.range?.[1] : undefined) ?? (isNode(key) ? key.range?.[1] : undefined) ?? 0;
    return (startOf(key) ?? Number.POSITIVE_INFINITY) <= offset && offset < end;
  })?.name;
}

function plainValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT }) ?? {};
  } catch (error) {
    // Aliases that multiply, or an alias of nothing.
    throw invalid(file, [{ line: 1, column: 1, message: yamlProblem(error) }]);
  }
}

/** Names that no object of JavaScript can safely have are left out by the schema; a model or gate that was left out in silence would be missed. */
function unusableName(
  document: Document,
  value: unknown,
  project: Project,
): { readonly offset: number; readonly message: string; readonly model?: string } | undefined {
  const parsed = v.safeParse(sectionsSchema, value);
  const given = parsed.success ? parsed.output.models : {};
  for (const { key, name, value: section } of entriesOf(document.get('models'))) {
    const model = Object.hasOwn(project.models, name) ? project.models[name] : undefined;
    // Taken out before, because of a mistake.
    if (!model && !Object.hasOwn(given, name) && MODEL_NAME_PATTERN.test(name) && !(name in {})) continue;
    if (!model) return { offset: startOf(key) ?? 0, message: `"${name}" can't be the name of a model` };
    for (const stage of entriesOf(isMap(section) ? section.get('gates') : undefined)) {
      if (!Object.hasOwn(model.gates ?? {}, stage.name))
        return {
          offset: startOf(stage.key) ?? 0,
          message: `"${stage.name}" can't be the name of a stage`,
          model: name,
        };
    }
  }
  return undefined;
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
  return { message: path.length === 0 ? issueText(issue) : `${path.join('.')}: ${issueText(issue)}` };
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
