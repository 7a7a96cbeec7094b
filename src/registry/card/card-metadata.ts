import { stringify } from 'yaml';
import { groupBy } from '../../base/group-by.ts';
import type { VersionDetails } from '../../catalog/read-models/versions.ts';
import type { FactsSummary } from '../../modelfiles/facts-summary.ts';

/** Libraries as the Hugging Face Hub names them, by the format or the framework of the files. */
const LIBRARIES: Readonly<Record<string, string>> = {
  huggingface: 'transformers',
  peft: 'peft',
  keras: 'keras',
  savedmodel: 'tf-keras',
  onnx: 'onnx',
  gguf: 'gguf',
  coreml: 'coreml',
  'scikit-learn': 'sklearn',
  PyTorch: 'pytorch',
  'PyTorch Lightning': 'pytorch',
  XGBoost: 'xgboost',
  LightGBM: 'lightgbm',
  CatBoost: 'catboost',
};
const MOST_RESULTS = 60;

/**
 * The metadata of a model card as the Hugging Face Hub reads it (huggingface.co/docs/hub/model-cards): what is known, and nothing that would have
 * to be guessed. YAML, without its fences.
 */
export function cardMetadata(version: VersionDetails, facts: FactsSummary | undefined): string {
  const { lineage } = version;
  const license = facts?.license ?? version.facts?.license;
  const bases = facts?.baseModels ?? version.facts?.baseModels ?? [];
  const library = libraryOf(facts?.format ?? version.facts?.format, facts?.framework ?? version.facts?.framework);
  const datasets = lineage.data.flatMap(({ path, kind }) =>
    kind === 'huggingface' ? [path.replace(/^hf:\/\/(datasets\/)?/, '').replace(/@.*$/, '')] : [],
  );
  const results = resultsOf(version);
  const metrics = [...new Set(results.flatMap(({ metrics: all }) => all.map(({ type }) => type)))];
  const entries = {
    ...(license === undefined ? {} : { license }),
    ...(library === undefined ? {} : { library_name: library }),
    ...(bases.length === 0 ? {} : { base_model: bases.length === 1 ? bases[0]?.name : bases.map(({ name }) => name) }),
    ...(datasets.length === 0 ? {} : { datasets: [...new Set(datasets)] }),
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(results.length === 0 ? {} : { 'model-index': [{ name: version.model, results }] }),
  };
  return Object.keys(entries).length === 0 ? '' : stringify(entries, { lineWidth: 0 }).trimEnd();
}

function libraryOf(format: string | undefined, framework: { readonly name: string } | undefined): string | undefined {
  const found = [format, framework?.name].find((name) => name !== undefined && Object.hasOwn(LIBRARIES, name));
  return found === undefined ? undefined : LIBRARIES[found];
}

/** What was measured on a dataset that has a name; of each metric the newest. The Hub wants a kind of task, which nobody recorded. */
function resultsOf({ lineage }: VersionDetails) {
  const whole = lineage.evaluations.filter(({ slice, dataset }) => slice === undefined && dataset !== undefined);
  const byDataset = groupBy(whole, ({ dataset = '' }) => dataset);
  return [...byDataset].slice(0, MOST_RESULTS).map(([name, evaluations]) => ({
    task: { type: 'other' },
    dataset: { name, type: name },
    metrics: [...new Map(evaluations.flatMap(({ metrics }) => Object.entries(metrics)))]
      .filter(([, value]) => typeof value === 'number')
      .slice(0, MOST_RESULTS)
      .map(([type, value]) => ({ type, value })),
  }));
}
