import type { ModelFacts, SignatureEntry } from '../facts.ts';
import type { ByteSource } from '../file-set.ts';
import { metadataOf } from '../metadata.ts';
import { describe, isPlain, publicPath } from '../pickle/describe.ts';
import { elementsOf, scalarOf } from '../pickle/numpy-array.ts';
import { classPath, integerOf, isKind, itemsOf, namedEntries, type Value } from '../pickle/values.ts';

const MAX_STEPS = 100;
const MAX_NESTING = 8;

type Attributes = ReadonlyMap<string, Value>;

/** What the pickle of an estimator of scikit-learn says: its class, its parts, what it was fitted on. */
export async function sklearnFacts(source: ByteSource, root: Value): Promise<Omit<ModelFacts, 'format'> | undefined> {
  const path = classPath(root);
  const attributes = namedEntries(root);
  const version = attributes.get('_sklearn_version');
  if (path === undefined || (typeof version !== 'string' && !path.startsWith('sklearn.'))) return undefined;
  const metadata = new Map<string, string>();
  const steps = stepsOf(attributes);
  if (steps.length > 0)
    metadata.set(
      'steps',
      steps.map(([name, step]) => `${name}: ${publicPath(classPath(step) ?? describe(step))}`).join(', '),
    );
  for (const [name, value] of attributes) {
    if (/^_|_$/.test(name) || (!isPlain(value) && !isKind(value, 'tuple'))) continue;
    metadata.set(name, describe(value));
  }
  const best = attributes.get('best_estimator_');
  if (best !== undefined) metadata.set('best_estimator', publicPath(classPath(best) ?? ''));
  const bestParams = attributes.get('best_params_');
  if (bestParams !== undefined) metadata.set('best_params', describe(bestParams, 1));
  const score = await scalarOf(source, attributes.get('best_score_'));
  if (score !== undefined) metadata.set('best_score', String(score));
  const fitted = [...fittedParts(root)];
  const classes = await firstElements(source, [...fitted].reverse(), 'classes_');
  if (classes !== undefined) metadata.set('classes', classes.join(', '));
  const inputs = await inputsOf(source, fitted);
  return {
    framework: { name: 'scikit-learn', ...(typeof version === 'string' ? { version } : {}) },
    architecture: publicPath(path),
    ...(inputs.length > 0 ? { inputs } : {}),
    ...(metadata.size > 0 ? { metadata: metadataOf(metadata) } : {}),
  };
}

/** `steps` of a pipeline, `estimators` of an ensemble, `transformers` of a column transformer. */
function stepsOf(attributes: Attributes): readonly (readonly [string, Value])[] {
  const list =
    attributes.get('steps') ??
    attributes.get('transformers_') ??
    attributes.get('transformers') ??
    attributes.get('estimators');
  const steps: (readonly [string, Value])[] = [];
  for (const step of itemsOf(list).slice(0, MAX_STEPS)) {
    const [name, value] = itemsOf(step);
    if (typeof name === 'string' && value !== undefined) steps.push([name, value]);
  }
  return steps;
}

/** An estimator and those in it that see the data first or say something last, from the outside in. */
function* fittedParts(value: Value, depth = 0): Generator<Attributes> {
  const attributes = namedEntries(value);
  yield attributes;
  if (depth >= MAX_NESTING) return;
  const best = attributes.get('best_estimator_') ?? attributes.get('estimator_');
  if (best !== undefined) yield* fittedParts(best, depth + 1);
  if (!attributes.has('steps')) return;
  for (const [, step] of stepsOf(attributes)) if (isKind(step, 'object')) yield* fittedParts(step, depth + 1);
}

async function firstElements(source: ByteSource, parts: readonly Attributes[], name: string) {
  for (const attributes of parts) {
    const elements = await elementsOf(source, attributes.get(name));
    if (elements !== undefined) return elements;
  }
  return undefined;
}

async function inputsOf(source: ByteSource, parts: readonly Attributes[]): Promise<readonly SignatureEntry[]> {
  const names = await firstElements(source, parts, 'feature_names_in_');
  if (names !== undefined) return names.map((name) => ({ name: String(name) }));
  for (const attributes of parts) {
    const count = attributes.get('n_features_in_');
    const features = integerOf(typeof count === 'number' ? count : await numberOf(source, count));
    if (features !== undefined) return [{ name: 'X', shape: [null, features] }];
  }
  return [];
}

async function numberOf(source: ByteSource, value: Value | undefined): Promise<number | undefined> {
  const scalar = await scalarOf(source, value);
  return typeof scalar === 'number' ? scalar : undefined;
}
