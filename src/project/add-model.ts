import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isNode, isSeq, parseDocument, YAMLMap } from 'yaml';
import { RegistryError } from '../base/errors.ts';
import { parseProject } from './parse-project.ts';
import { PROJECT_FILE } from './project-file-name.ts';

/** What is declared of a model that was found. */
export interface DeclaredModel {
  readonly outputs: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
}

const STYLE = { lineWidth: 0, flowCollectionPadding: false };
const HEADER = ` Which files training writes, and what belongs to them. Commit this file.
 A version is registered whenever the outputs of a model are complete.`;

/**
 * The text of a project file with a model more; everything else, comments too, stays as it is. `text` is undefined where there is no file
 * yet. Throws `PROJECT_FILE_INVALID` for a text that can't be used, `MODEL_DECLARED` where it has a model of this name.
 */
export function withModel(text: string | undefined, name: string, model: DeclaredModel): string {
  const project = text === undefined || text.trim() === '' ? undefined : parseProject(text, PROJECT_FILE);
  if (project && Object.hasOwn(project.models, name)) {
    throw new RegistryError(
      'MODEL_DECLARED',
      `${PROJECT_FILE} declares a model called ${name} already. Add the outputs to it, or choose another name.`,
    );
  }
  const added = spliced(text ?? '', name, model) ?? rewritten(project ? text : undefined, name, model);
  // What can't be read back, an alias that no longer leads anywhere for example, mustn't be written.
  const { models, ...rest } = parseProject(added, PROJECT_FILE);
  const { [name]: entry, ...others } = models;
  if (!entry || !isDeepStrictEqual({ ...rest, models: others }, project ?? { models: {} }))
    throw new RegistryError(
      'PROJECT_FILE_INVALID',
      `${PROJECT_FILE} is written in a way that can't be added to. Add ${name} by hand: outputs: [${model.outputs.join(', ')}].`,
    );
  return added;
}

/** The new model below the last one, where each stands on lines of its own: every other character stays. */
function spliced(text: string, name: string, model: DeclaredModel): string | undefined {
  const models = parseDocument(text).get('models');
  if (!isMap(models) || models.flow || models.items.length === 0) return undefined;
  const first = models.items[0]?.key;
  if (!isNode(first) || !first.range || !models.range) return undefined;
  const indent = first.range[0] - (text.lastIndexOf('\n', first.range[0] - 1) + 1);
  if (!/^ *$/.test(text.slice(first.range[0] - indent, first.range[0]))) return undefined;
  const end = models.range[1];
  const lineEnd = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1 || text.length;
  const before = text.slice(0, lineEnd);
  const lines = entryText(name, model).replace(/^(?=.)/gm, ' '.repeat(indent));
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = before.endsWith('\n') ? '' : newline;
  return before + gap + lines.replaceAll('\n', newline) + text.slice(lineEnd);
}

function entryText(name: string, model: DeclaredModel): string {
  return new Document({ [name]: nodeOf(model) }).toString(STYLE);
}

function rewritten(text: string | undefined, name: string, model: DeclaredModel): string {
  const document = text === undefined ? new Document({ models: {} }) : parseDocument(text);
  if (text === undefined) document.commentBefore = HEADER;
  const models = modelsOf(document);
  // An empty map is written as {}; what is added stands on lines of its own.
  models.flow = false;
  models.set(name, nodeOf(model));
  return document.toString(STYLE);
}

function nodeOf(model: DeclaredModel): unknown {
  const entry = new Document().createNode(declared(model));
  for (const { value } of isMap(entry) ? entry.items : []) if (isSeq(value)) value.flow = true;
  return entry;
}

function modelsOf(document: Document): YAMLMap {
  const models = document.get('models');
  if (isMap(models)) return models;
  const made = new YAMLMap();
  document.set('models', made);
  return made;
}

function declared({ outputs, metrics, params }: DeclaredModel): Record<string, readonly string[]> {
  return {
    outputs,
    ...(metrics.length > 0 ? { metrics } : {}),
    ...(params.length > 0 ? { params } : {}),
  };
}
