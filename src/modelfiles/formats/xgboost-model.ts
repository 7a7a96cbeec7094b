import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';

/** What a model of XGBoost says, in JSON or UBJSON (its doc/model.schema). Numbers are texts there. */
export interface XgboostModel {
  version?: string;
  booster?: string;
  objective?: string;
  trees?: string;
  featureNames: string[];
  featureTypes: string[];
  /** `learner_model_param`: `num_feature`, `num_class`, `base_score` … */
  readonly params: Map<string, string>;
  /** `attributes`: `best_iteration` and what people set. */
  readonly attributes: Map<string, string>;
}

export function emptyXgboostModel(): XgboostModel {
  return { featureNames: [], featureTypes: [], params: new Map(), attributes: new Map() };
}

export function xgboostFacts(model: XgboostModel): ModelFacts {
  const { version, booster, objective, trees, featureNames, featureTypes, params, attributes } = model;
  const features = Number(params.get('num_feature'));
  const names =
    featureNames.length > 0 || !(features > 0 && features <= 100_000)
      ? featureNames
      : Array.from({ length: features }, (_, index) => `f${index}`);
  const metadata = new Map<string, string>();
  const note = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') metadata.set(name, value);
  };
  note('objective', objective);
  note('trees', trees);
  for (const [name, value] of params) note(name, value);
  for (const [name, value] of attributes) note(name, value);
  return factsFrom('xgboost', {
    framework: { name: 'XGBoost', ...(version === undefined ? {} : { version }) },
    architecture: booster,
    inputs: names.map((name, index) => {
      const dtype = featureTypes[index];
      return dtype === undefined ? { name } : { name, dtype };
    }),
    metadata,
  });
}

/** Where a value belongs, by its path of keys; false for what isn't wanted, such as the trees. */
export function takeXgboostText(model: XgboostModel, path: readonly string[], value: string): void {
  const [first, second, third] = path;
  if (first !== 'learner') return;
  if (second === 'attributes' && third !== undefined) model.attributes.set(third, value);
  else if (second === 'learner_model_param' && third !== undefined) model.params.set(third, value);
  else if (second === 'objective' && third === 'name') model.objective = value;
  else if (second === 'gradient_booster' && path.at(-1) === 'name' && path.length === 3) model.booster = value;
  else if (second === 'gradient_booster' && path.at(-1) === 'num_trees') model.trees = value;
}

/** Whether something below this path is wanted. */
export function isWantedOfXgboost(path: readonly string[]): boolean {
  const [first, second, third, fourth, fifth] = path;
  if (first !== 'learner') return first === 'version';
  if (second === undefined) return true;
  if (second === 'gradient_booster')
    return (
      third === undefined ||
      third === 'name' ||
      third === 'gbtree' ||
      (third === 'model' && (fourth === undefined || fourth === 'gbtree_model_param')) ||
      (fourth === 'model' && (fifth === undefined || fifth === 'gbtree_model_param')) ||
      path.at(-1) === 'num_trees'
    );
  if (second === 'objective') return third === undefined || third === 'name';
  return ['attributes', 'learner_model_param', 'feature_names', 'feature_types'].includes(second);
}
