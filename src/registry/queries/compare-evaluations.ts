import type { ComparedDataset } from '../../catalog/read-models/comparison.ts';
import type { EvaluationEntry } from '../../catalog/read-models/evaluations.ts';
import type { Metrics } from '../../catalog/read-models/values.ts';
import { metricRowsOf } from './compared-rows.ts';

/**
 * What was measured after registration, by dataset. The same name with other content is another dataset; where the content of some isn't known,
 * they belong to the one content that is, and are apart where there are several.
 */
export function comparedEvaluations(
  versions: readonly { readonly evaluations: readonly EvaluationEntry[] }[],
): readonly ComparedDataset[] {
  const contents = new Map<string, Set<string>>();
  for (const { dataset = '', datasetSha256 } of versions.flatMap(({ evaluations }) => evaluations)) {
    const known = contents.get(dataset) ?? new Set();
    contents.set(dataset, datasetSha256 === undefined ? known : known.add(datasetSha256));
  }
  return [...contents]
    .sort(([a], [b]) => byText.compare(a, b))
    .flatMap(([dataset, digests]) => {
      const of = (isOf: (entry: EvaluationEntry) => boolean, sha256?: string) =>
        comparedDataset(
          { dataset, ...(sha256 === undefined ? {} : { sha256 }) },
          versions.map(({ evaluations }) =>
            evaluations.filter((entry) => (entry.dataset ?? '') === dataset && isOf(entry)),
          ),
        );
      if (digests.size < 2) return [of(() => true, [...digests][0])];
      return [
        ...[...digests].map((digest) => of(({ datasetSha256 }) => datasetSha256 === digest, digest)),
        of(({ datasetSha256 }) => datasetSha256 === undefined),
      ].filter(({ isMeasured }) => isMeasured.some(Boolean));
    });
}

const byText = new Intl.Collator('en', { numeric: true });

function comparedDataset(
  named: Pick<ComparedDataset, 'dataset' | 'sha256'>,
  columns: readonly (readonly EvaluationEntry[])[],
): ComparedDataset {
  const isMeasured = columns.map((entries) => entries.length > 0);
  const slices = new Set(columns.flat().flatMap(({ slice }) => slice ?? []));
  const rowsFor = (wanted: string | undefined) =>
    metricRowsOf(columns.map((entries) => newestOf(entries.filter(({ slice }) => slice === wanted))));
  return {
    ...named,
    isMeasured,
    metrics: rowsFor(undefined),
    slices: [...slices].sort(byText.compare).map((slice) => ({ slice, metrics: rowsFor(slice) })),
  };
}

/** Of each metric the value that was measured last: entries are in the order of the log. */
function newestOf(entries: readonly EvaluationEntry[]): Metrics {
  return Object.fromEntries(entries.flatMap(({ metrics }) => Object.entries(metrics)));
}
