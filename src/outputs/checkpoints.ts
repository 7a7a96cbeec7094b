import { compareNaturally } from '../base/natural-order.ts';

/** A file of the outputs. `path` is relative to the workspace, with `/`. */
export interface OutputPath {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
}

/** What a trainer wrote at one moment of a run. */
export interface Checkpoint {
  /** For a person: `checkpoint-500`, `epoch=3-step=40.ckpt`; empty for what the run saved at its end. */
  readonly name: string;
  readonly paths: readonly string[];
  readonly role?: 'best' | 'last' | 'final';
  /** Newest of its files, milliseconds since the epoch. */
  readonly mtimeMs: number;
}

/** Outputs that are of one run, as far as their places tell. */
export interface OutputsOfRun {
  /** The folder that the run has for itself; empty where the outputs share one place. */
  readonly folder: string;
  /** All files, the checkpoints' too. */
  readonly paths: readonly string[];
  /** Empty where all files together are the model. */
  readonly checkpoints: readonly Checkpoint[];
  /** Small files that belong to every checkpoint: labels, a tokenizer. */
  readonly companions: readonly string[];
}

/** Suffixes of files that trainers save in series. */
const SAVED = /\.(ckpt|pt|pth|bin|keras|h5|hdf5|safetensors|msgpack|npz|pkl|joblib|onnx|ubj|json|cbm)$/i;
/** Of these, those that are hardly ever parts of one model that differ in a number. */
const WEIGHTS = /\.(ckpt|pt|pth|keras|h5|hdf5|msgpack)$/i;
const COUNTED = /(?:epoch|step|iter|iteration|ckpt|checkpoint|chkpt|round)s?[-_=.]?\d/i;
const PARTS =
  /(?:^|[^a-z])(?:fold|shard|part|rank|layer|member|seed|cluster|class|stage|expert)s?(?:[^a-z]|$)|\d-of-\d/i;
const TRAINER_FOLDER = /^checkpoint-\d+$/;
/** What a run needs to be resumed, and a model doesn't: often twice its size. */
const TRAINING_STATE = /(?:^|\/)(?:optimizer|scheduler|scaler|rng_state[_\d]*)\.(?:pt|pth|bin)$|\/global_step\d+\//;
/** What a run says of itself: it is in the version's metrics and params. */
const LOGS =
  /(?:^|\/)(?:events\.out\.tfevents\.[^/]*|[^/]*\.(?:log|csv|png|svg|html)|(?:metrics|hparams|history|args|training_args|trainer_state|(?:\w+_)?results)\.[^/]*)$/i;
const COMPANION = /\.(json|ya?ml|txt|model|vocab|pkl|joblib|py)$/i;

/**
 * Sorts outputs by runs, where the layout of a trainer or tracker tells (Lightning's `version_N`, the output folder of Hugging Face's
 * Trainer, MLflow's run folders, `weights/` of YOLO), and finds the checkpoints among them. Files that only differ in a number are a
 * series of checkpoints, unless the number counts parts of one model (shards, folds).
 */
export function outputsByRun(files: readonly OutputPath[]): readonly OutputsOfRun[] {
  const trainerFolders = new Set(
    files.flatMap(({ path }) => {
      const names = path.split('/');
      const at = names.slice(0, -1).findIndex((name) => TRAINER_FOLDER.test(name));
      return at < 0 ? [] : [names.slice(0, at).join('/')];
    }),
  );
  const byFolder = new Map<string, OutputPath[]>();
  for (const file of files) {
    const folder = runFolderOf(file.path, trainerFolders);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  return [...byFolder].map(([folder, own]) => splitRun(folder, own));
}

function runFolderOf(path: string, trainerFolders: ReadonlySet<string>): string {
  for (const pattern of [
    /^(?:.*\/)?version_\d+(?=\/)/,
    /^(?:.*\/)?mlruns\/[^/]+\/(?:models\/)?[^/]+(?=\/)/,
    /^.*(?=\/weights\/[^/]+$)/,
  ]) {
    const found = pattern.exec(path)?.[0];
    if (found !== undefined) return found;
  }
  const names = path.split('/');
  for (let length = names.length - 1; length >= 0; length -= 1) {
    const folder = names.slice(0, length).join('/');
    if (trainerFolders.has(folder)) return folder;
  }
  return '';
}

function splitRun(folder: string, files: readonly OutputPath[]): OutputsOfRun {
  const checkpoints = [...foldersOf(folder, files), ...seriesOf(files)];
  const taken = new Set(checkpoints.flatMap(({ paths }) => paths));
  const rest = files.filter(({ path }) => !taken.has(path) && !LOGS.test(path) && !TRAINING_STATE.test(path));
  const isSavedAtEnd = checkpoints.length > 0 && rest.some(({ path }) => SAVED.test(path) && !COMPANION.test(path));
  return {
    folder,
    paths: files.map(({ path }) => path),
    checkpoints: isSavedAtEnd ? [...checkpoints, checkpoint('', rest, 'final')] : checkpoints,
    companions: isSavedAtEnd ? [] : rest.map(({ path }) => path).filter((path) => COMPANION.test(path)),
  };
}

/** The folders `checkpoint-N` of Hugging Face's Trainer. */
function foldersOf(folder: string, files: readonly OutputPath[]): readonly Checkpoint[] {
  const byName = new Map<string, OutputPath[]>();
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const file of files) {
    const name = file.path.slice(prefix.length).split('/')[0] ?? '';
    if (!file.path.startsWith(prefix) || !TRAINER_FOLDER.test(name)) continue;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return [...byName].flatMap(([name, all]) => {
    const own = all.filter(({ path }) => !TRAINING_STATE.test(path) && !LOGS.test(path));
    return own.length > 0 ? [checkpoint(name, own)] : [];
  });
}

interface Named extends OutputPath {
  readonly name: string;
  readonly role: Checkpoint['role'];
  readonly series: string;
}

function seriesOf(files: readonly OutputPath[]): readonly Checkpoint[] {
  const byPlace = new Map<string, Named[]>();
  for (const file of files) {
    const slash = file.path.lastIndexOf('/');
    const name = file.path.slice(slash + 1);
    if (!SAVED.test(name) || file.path.split('/').some((part) => TRAINER_FOLDER.test(part))) continue;
    const place = `${file.path.slice(0, slash + 1)}\0${name.slice(name.lastIndexOf('.')).toLowerCase()}`;
    const named = { ...file, name, role: roleOf(name), series: name.replace(/-?\d+(?:\.\d+)*(?![a-z0-9]*$)/gi, '#') };
    byPlace.set(place, [...(byPlace.get(place) ?? []), named]);
  }
  return [...byPlace.values()].flatMap((place) => {
    const counted = place.filter((file) => isOfSeries(file, place));
    const roles = place.filter((file) => file.role !== undefined && !counted.includes(file));
    const isSeries = counted.length > 0 || new Set(roles.map(({ role }) => role)).size > 1;
    return isSeries ? [...counted, ...roles].map((file) => checkpoint(file.name, [file], file.role)) : [];
  });
}

function isOfSeries({ name, series }: Named, place: readonly Named[]): boolean {
  if (PARTS.test(name)) return false;
  if (COUNTED.test(name)) return true;
  return WEIGHTS.test(name) && series.includes('#') && place.filter((other) => other.series === series).length > 1;
}

function roleOf(name: string): Checkpoint['role'] {
  const word = /(?:^|[^a-z])(best|last|latest|final)(?:[^a-z]|$)/i.exec(name)?.[1]?.toLowerCase();
  if (word === 'best' || word === 'final') return word;
  return word === undefined ? undefined : 'last';
}

function checkpoint(name: string, files: readonly OutputPath[], role?: Checkpoint['role']): Checkpoint {
  return {
    name,
    paths: files.map(({ path }) => path),
    mtimeMs: Math.max(...files.map(({ mtimeMs }) => mtimeMs)),
    ...(role === undefined ? {} : { role }),
  };
}

/** What the tracker or trainer says about a run's checkpoints; paths are relative to the workspace. */
export interface CheckpointRecord {
  readonly best?: string | undefined;
  readonly last?: string | undefined;
}

/** The checkpoint that stands for the run: the best by the record or by its name, or the last one. */
export function chosenCheckpoint(
  checkpoints: readonly Checkpoint[],
  record: CheckpointRecord,
  which: 'best' | 'last',
): Checkpoint | undefined {
  const recorded = (path: string | undefined) =>
    path === undefined
      ? undefined
      : checkpoints.find(({ paths }) => paths.some((own) => own === path || own.startsWith(`${path}/`)));
  const withRole = (role: Checkpoint['role']) => newestOf(checkpoints.filter((candidate) => candidate.role === role));
  const best = which === 'best' ? (recorded(record.best) ?? withRole('best')) : undefined;
  return (
    best ??
    withRole('final') ??
    recorded(record.last) ??
    newestOf(checkpoints.filter(({ role }) => role !== 'best')) ??
    newestOf(checkpoints)
  );
}

/** The checkpoints that become versions: one that stands for the run, or all, in the order in which they were written. */
export function wantedCheckpoints(
  checkpoints: readonly Checkpoint[],
  record: CheckpointRecord,
  which: 'best' | 'last' | 'all',
): readonly Checkpoint[] {
  if (which === 'all') return checkpoints.toSorted(inOrder);
  const chosen = chosenCheckpoint(checkpoints, record, which);
  return chosen ? [chosen] : [];
}

function newestOf(checkpoints: readonly Checkpoint[]): Checkpoint | undefined {
  return checkpoints.toSorted(inOrder).at(-1);
}

/** By the time they were written; where that is the same, by the numbers in their names. */
function inOrder(a: Checkpoint, b: Checkpoint): number {
  return a.mtimeMs - b.mtimeMs || compareNaturally(a.name, b.name);
}
