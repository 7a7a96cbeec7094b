import { basename, dirname } from 'node:path/posix';
import { judgeCodeFiles } from '../danger/code-files.ts';
import { judgeMlmodel } from '../danger/mlflow-code.ts';
import { dangerReport } from '../danger/report.ts';
import type { ModelFacts } from '../facts.ts';
import { factsFrom } from '../facts-from.ts';
import type { FileSet } from '../file-set.ts';
import { mergeFacts } from '../merge-facts.ts';
import { shortened } from '../metadata.ts';
import type { Completeness, ModelFormat } from '../model-format.ts';
import { readText } from '../read/small-file.ts';
import { leadingFlavor, type Mlmodel, namedPaths, readMlmodel } from './mlflow-mlmodel.ts';
import { signatureOf } from './mlflow-signature.ts';

/** A folder with `MLmodel`, which says with which libraries ("flavors") MLflow can load what is beside it. */
export const mlflow: ModelFormat = {
  id: 'mlflow',
  label: 'MLflow',
  recognise: async (set) => {
    const roots = set.files
      .map(({ path }) => path)
      .filter((path) => basename(path) === 'MLmodel')
      .map(folderOf);
    if (roots.length === 0) return undefined;
    return set.files.map(({ path }) => path).filter((path) => roots.some((root) => path.startsWith(root)));
  },
  completeness: async (set, paths): Promise<Completeness> => {
    const present = new Set(set.files.map(({ path }) => path));
    for (const path of paths.filter(isMlmodel)) {
      const root = folderOf(path);
      for (const named of namedPaths(await readMlmodel(set, path))) {
        const place = `${root}${named}`;
        if (!present.has(place) && !paths.some((other) => other.startsWith(`${place}/`)))
          return { kind: 'incomplete', path: place, why: `${path} names it, and it isn’t there` };
      }
    }
    // Whether a file that is named is whole is for its own format to say.
    return { kind: 'complete' };
  },
  facts: async (set, paths) => {
    const parts: ModelFacts[] = [];
    for (const path of paths.filter(isMlmodel)) parts.push(await factsOf(set, path, paths));
    return mergeFacts(parts) ?? { format: 'mlflow' };
  },
};

function isMlmodel(path: string): boolean {
  return basename(path) === 'MLmodel';
}

function folderOf(path: string): string {
  return dirname(path) === '.' ? '' : `${dirname(path)}/`;
}

async function factsOf(set: FileSet, path: string, paths: readonly string[]): Promise<ModelFacts> {
  const model = await readMlmodel(set, path);
  const root = folderOf(path);
  const flavor = leadingFlavor(model);
  const requirements = paths.includes(`${root}requirements.txt`)
    ? await readText(set, `${root}requirements.txt`)
    : undefined;
  const findings = [
    ...judgeMlmodel(model, path),
    ...judgeCodeFiles(paths.filter((file) => file.startsWith(root) && file.endsWith('.py'))),
  ];
  const { inputs, outputs } = signatureOf(model.signature);
  const problems = namedPaths(model)
    .filter((named) => named.split('/').includes('..') || named.startsWith('/'))
    .map((named) => `${path} names ${shortened(named, 200)}, which is outside of the folder`);
  return factsFrom('mlflow', {
    formatVersion: model.mlflow_version,
    framework: flavor,
    inputs,
    outputs,
    danger: findings.length > 0 ? dangerReport(findings) : undefined,
    metadata: metadataEntries(model, requirements),
    problems,
  });
}

function* metadataEntries(model: Mlmodel, requirements: string | undefined): Generator<readonly [string, string]> {
  yield ['flavors', Object.keys(model.flavors).join(', ')];
  for (const name of ['run_id', 'model_uuid', 'model_id', 'utc_time_created'] as const) {
    const value = model[name];
    if (value !== undefined) yield [name, value];
  }
  const python = model.flavors.python_function?.python_version;
  if (typeof python === 'string') yield ['python', python];
  if (requirements !== undefined) {
    const lines = requirements.split(/\r?\n/).map((line) => line.trim());
    yield ['requirements', lines.filter((line) => line !== '' && !line.startsWith('#')).join(', ')];
  }
}
