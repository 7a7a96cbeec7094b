import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What is on disk until the person saves what they filled in: a valid file that declares nothing. */
export const STARTER_TEXT = `# Which files training writes, and what belongs to them. Commit this file.
# A version is registered whenever the outputs of a model are complete.
models: {}
`;

/** Where they usually are, the first that is there counts. */
const USUAL = {
  metrics: ['metrics.json', 'reports/metrics.json', 'metrics/metrics.json', 'results/metrics.json', 'metrics.yaml'],
  params: ['params.yaml', 'params.yml', 'params.json', 'params.toml', 'hparams.yaml'],
  data: ['data/train.csv', 'data/train.parquet', 'data/train', 'data/train.jsonl', 'train.csv'],
} as const;
type Part = keyof typeof USUAL;

/** What a folder has of what a model declares, by its usual names. */
export type UsualFiles = Readonly<Partial<Record<Part, string>>>;

export async function usualFiles(root: string): Promise<UsualFiles> {
  const found: Partial<Record<Part, string>> = {};
  for (const part of ['metrics', 'params', 'data'] as const)
    for (const path of USUAL[part])
      if (found[part] === undefined && (await isThere(join(root, path)))) found[part] = path;
  return found;
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** The same with a model to fill in, as a snippet. `name` is a first guess; what isn't there is left as a comment, to be filled in. */
export function starterSnippet(name: string, found: UsualFiles): string {
  let stop = 2;
  const line = (part: Part) => {
    const path = found[part];
    if (path === undefined) return `# ${part}: [${USUAL[part][0]}]`;
    stop += 1;
    return `${part}: [\${${stop}:${path}}]`;
  };
  return `# Which files training writes, and what belongs to them. Commit this file.
# A version is registered whenever the outputs of a model are complete.
models:
  \${1:${name}}:
    # Files, folders and globs that training writes. All that match are one artifact.
    outputs: [\${2:models/**}]
    # JSON, YAML, TOML or CSV files with the metrics and params of the run.
    ${line('metrics')}
    ${line('params')}
    # What training reads: its digests are recorded with the version.
    ${line('data')}
$0`;
}
