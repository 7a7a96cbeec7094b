import { escapePath } from 'tinyglobby';
import { modelNameFrom } from '../../project/model-name.ts';
import { type OutputPath, outputsByRun } from '../checkpoints.ts';

/** What the project file would say about a model that was found. */
export interface Proposal {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly metrics: readonly string[];
  readonly params: readonly string[];
  /** The newest file that is one of its outputs; for a person. */
  readonly example: string;
}

export interface ProposalOptions {
  /** Files that look like models. */
  readonly models: readonly OutputPath[];
  /** Files in the folders around them, by their paths. */
  readonly beside: readonly string[];
  /** Whether a metrics file may be another model's, given the outputs that are proposed. */
  readonly mayBeOthers?: (path: string, outputs: readonly string[]) => boolean;
  /** Names that other models have. */
  readonly takenNames: readonly string[];
  /** The workspace's own name, where nothing else tells. */
  readonly workspaceName: string;
}

/** Names that say what a file is, and not which model. */
const GENERIC =
  /^(?:my|the|trained|saved|final|best|last|latest|output|outputs|out|result|results|artifact|artifacts|model|models|weights?|checkpoints?|ckpts?|pytorch|adapter|tf|export|exported|run|runs|train|training|dist|data|src|notebooks?|lightning|logs|detect|version|mlmodel|manifest|variables|pickle)$/i;
const METRICS = /(?:^|\/)(?:metrics|scores|evaluation|eval_results|all_results|test_results)\.(?:json|ya?ml|toml)$/i;
const PARAMS = /(?:^|\/)(?:params|parameters|hparams|hyperparams|hyperparameters)\.(?:json|ya?ml|toml)$/i;

/** Whether a file is called as metrics are. */
export function isNamedMetrics(path: string): boolean {
  return METRICS.test(path);
}

/** The model that was written last, as the project file would declare it; undefined where there is none. */
export function proposalFor(options: ProposalOptions): Proposal | undefined {
  const { models, beside, mayBeOthers = () => false, takenNames, workspaceName } = options;
  const newest = models.toSorted((a, b) => b.mtimeMs - a.mtimeMs || a.path.localeCompare(b.path))[0];
  if (!newest) return undefined;
  const own = models.filter(({ path }) => folderOf(path) === folderOf(newest.path));
  const { pattern, place } = patternFor(newest.path, own);
  const folder = folderOf(place);
  const near = (kind: RegExp, isOwn: (path: string) => boolean = () => true) =>
    beside
      .filter((path) => kind.test(path) && isOwn(path) && (isNear(folderOf(path), folder) || folderOf(path) === ''))
      .sort()
      .map(escapePath);
  return {
    name: freeName(nameFor(place, workspaceName), takenNames),
    outputs: [pattern],
    metrics: near(METRICS, (path) => !mayBeOthers(path, [pattern])),
    params: near(PARAMS),
    example: newest.path,
  };
}

/** `place` is what the pattern names the model by. */
function patternFor(path: string, own: readonly OutputPath[]): { readonly pattern: string; readonly place: string } {
  const names = path.split('/');
  const checkpointAt = names.findIndex((name, at) => at < names.length - 1 && /^checkpoint-\d+$/.test(name));
  if (checkpointAt > 0) {
    const folder = names.slice(0, checkpointAt).join('/');
    return { pattern: `${escapePath(folder)}/**`, place: folder };
  }
  const versionAt = names.findIndex((name, at) => at < names.length - 1 && /^version_\d+$/.test(name));
  if (versionAt > 0) {
    const folder = names.slice(0, versionAt).join('/');
    return { pattern: `${escapePath(folder)}/version_*/**/*.ckpt`, place: folder };
  }
  const weights = /^(.+?)\d*\/weights\/[^/]+\.pt$/.exec(path)?.[1];
  if (weights !== undefined) return { pattern: `${escapePath(weights)}*/weights/*.pt`, place: weights };
  const folder = folderOf(path);
  const name = names.at(-1) ?? '';
  const isFolderOfOne = folder !== '' && (WHOLE_FOLDER.test(name) || own.some((file) => SHARD.test(file.path)));
  if (isFolderOfOne) return { pattern: `${escapePath(folder)}/**`, place: folder };
  const suffix = name.slice(name.lastIndexOf('.'));
  const inSeries = outputsByRun(own).some(({ checkpoints }) => checkpoints.some(({ paths }) => paths.includes(path)));
  if (inSeries) {
    const prefix = folder === '' ? '' : `${escapePath(folder)}/`;
    return { pattern: `${prefix}*${escapePath(suffix)}`, place: folder === '' ? seriesName(path) : folder };
  }
  return { pattern: escapePath(path), place: path };
}

const WHOLE_FOLDER =
  /^(?:MLmodel|saved_model\.pb|Manifest\.json|adapter_model\.\w+|pytorch_model\.bin|model\.safetensors|tf_model\.h5|(?:pytorch_)?model-\d+-of-\d+\.\w+)$/;
const SHARD = /-\d{5}-of-\d{5}\./;

/** The name of the file, without what only says that it is a model, else that of the nearest folder that has another one. */
function nameFor(place: string, workspaceName: string): string {
  const names = place.split('/');
  const last = seriesName(names.pop() ?? '');
  for (const candidate of [last, ...names.reverse()]) {
    const words = candidate.split(/[-_. ]+/).filter((word) => word !== '' && !/^\d+$/.test(word));
    if (words.some((word) => !GENERIC.test(word))) return modelNameFrom(candidate);
  }
  return modelNameFrom(workspaceName);
}

/** A file's name without its suffix, and without what tells one checkpoint from another. */
function seriesName(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  return name
    .replace(/\.(?:weights\.)?[a-z]\w*$/i, '')
    .replace(/[-_.]?(?:epoch|step|iter|ckpt|checkpoint|best|last|final|latest|v)[-_=.]?[\d.]*(?=$|[-_.])/gi, '')
    .replace(/[-_=.]+[\d.]+$/g, '');
}

function freeName(name: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((other) => other.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name.slice(0, 120)}-${number}`;
    if (!lower.has(candidate.toLowerCase())) return candidate;
  }
}

/** In the same folder, the one above, or one below that. */
function isNear(folder: string, other: string): boolean {
  const above = folderOf(other);
  return folder === other || folder === above || (folderOf(folder) === above && folder !== '');
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
