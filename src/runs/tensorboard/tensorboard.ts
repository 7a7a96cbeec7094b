import { metricValueOf } from '../../base/metric-value.ts';
import { ProtobufInvalid } from '../../base/protobuf.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { HistoryBuilder } from '../history.ts';
import { parsePythonJson } from '../parse-json.ts';
import { nameOf, parentOf, pathBelow } from '../paths.ts';
import type { RunFiles } from '../run-files.ts';
import type { FolderEntry, RunReader } from '../run-reader.ts';
import type { RunRecord, RunStatus } from '../run-record.ts';
import { RunValues } from '../values.ts';
import { parseEvent, type SummaryValue } from './event.ts';
import { parseHParams } from './hparams.ts';
import { readTfRecords } from './tfrecord.ts';

const EVENTS = /^events\.out\.tfevents\./;
/** Keras and others write the parts of one run into folders of their own. */
const PART = /^(?:train|training|val|valid|validation|eval|evaluation|test)$/;
const MAX_FILES = 50;
const MAX_FILE_BYTES = 128 * 1024 * 1024;
/** Where the Trainer of Hugging Face writes its arguments, as JSON. */
const ARGUMENTS = 'args/text_summary';

/** Runs in TensorBoard's event files: a folder with them is a run, with the folders of its parts. */
export const tensorBoardReader: RunReader = {
  tracker: 'tensorboard',
  label: 'TensorBoard',
  recognise(folder, entries) {
    if (!hasEvents(entries)) return [];
    return [PART.test(nameOf(folder)) ? parentOf(folder) : folder];
  },
  async read(place, { files, sinceMs }) {
    const sources = await sourcesOf(place, files);
    if (!sources.some(({ mtimeMs }) => mtimeMs >= sinceMs)) return [];
    const log = new EventLog();
    for (const source of sources) await readSource(source, files, log);
    // The PyTorch writer puts hyperparameters into a folder below, which says nothing without the run above.
    if (log.hasHParams && place !== '' && hasEvents(await files.list(parentOf(place)))) return [];
    return [log.record(place, sources)];
  },
};

interface Source {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** What the names of its metrics begin with. */
  readonly prefix: string;
  /** Taken only where it has hyperparameters. */
  readonly isForHParams: boolean;
}

async function sourcesOf(place: string, files: RunFiles): Promise<readonly Source[]> {
  const found: Source[] = [];
  const addFrom = async (
    folder: string,
    entries: readonly FolderEntry[],
    how: Pick<Source, 'prefix' | 'isForHParams'>,
  ) => {
    for (const { name, isFolder } of entries) {
      if (isFolder || !EVENTS.test(name)) continue;
      const path = pathBelow(folder, name);
      const stat = await files.stat(path);
      if (stat) found.push({ path, ...stat, ...how });
    }
  };
  const entries = await files.list(place);
  await addFrom(place, entries, { prefix: '', isForHParams: false });
  const hasOwn = found.length > 0;
  for (const { name, isFolder } of entries) {
    if (!isFolder || !(hasOwn || PART.test(name))) continue;
    const folder = pathBelow(place, name);
    const isPart = PART.test(name);
    await addFrom(folder, await files.list(folder), { prefix: isPart ? `${name}/` : '', isForHParams: !isPart });
  }
  // The newest tell most.
  return found.sort((a, b) => a.mtimeMs - b.mtimeMs).slice(-MAX_FILES);
}

async function readSource(source: Source, files: RunFiles, log: EventLog): Promise<void> {
  const target = source.isForHParams ? new EventLog() : log;
  const sizeBytes = Math.min(source.sizeBytes, MAX_FILE_BYTES);
  const end = await readTfRecords(new ByteCursor(files, source.path, sizeBytes), (bytes) =>
    target.addRecord(bytes, source),
  );
  if (sizeBytes < source.sizeBytes) target.values.problem(`${source.path} is large: only its beginning was read`);
  else if (end === 'damaged') target.values.problem(`${source.path} is damaged: what follows wasn't read`);
  if (source.isForHParams && target.hasHParams) log.addHParamsOf(target);
}

/** What the events of a run add up to. */
class EventLog {
  readonly values = new RunValues();
  readonly #history = new HistoryBuilder();
  readonly #hparams = new Map<string, string | number | boolean>();
  #status: RunStatus | undefined;
  #firstMs = Number.POSITIVE_INFINITY;
  #lastMs = 0;

  get hasHParams(): boolean {
    return this.#hparams.size > 0;
  }

  addRecord(bytes: Uint8Array, { path, prefix }: Source): void {
    try {
      const { wallTimeMs, step, values } = parseEvent(bytes);
      if (isTime(wallTimeMs)) {
        this.#firstMs = Math.min(this.#firstMs, wallTimeMs);
        this.#lastMs = Math.max(this.#lastMs, wallTimeMs);
      }
      for (const value of values) this.#addValue(value, `${prefix}${value.tag}`, { step, wallTimeMs });
    } catch (error) {
      if (!(error instanceof ProtobufInvalid)) throw error;
      this.values.problem(`${path} has an event that can't be read: ${error.message}`);
    }
  }

  #addValue(value: SummaryValue, name: string, at: { readonly step: number; readonly wallTimeMs: number }): void {
    if (value.plugin === 'hparams' && value.pluginContent) {
      const { values, status } = parseHParams(value.pluginContent);
      for (const [param, given] of values) this.#hparams.set(param, given);
      this.#status = status ?? this.#status;
      return;
    }
    if (value.tag === ARGUMENTS && value.text !== undefined) this.#addArguments(value.text);
    const metric = metricValueOf(value.scalar);
    // What Lightning writes for want of a metric.
    if (metric === undefined || (value.tag === 'hp_metric' && metric === -1)) return;
    this.#history.add(name, {
      step: at.step,
      value: metric,
      ...(isTime(at.wallTimeMs) ? { atMs: at.wallTimeMs } : {}),
    });
  }

  #addArguments(text: string): void {
    try {
      this.values.param('', parsePythonJson(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  /** Hyperparameters that were written apart, with the metrics that go with them. */
  addHParamsOf(other: EventLog): void {
    for (const [name, value] of other.#hparams) this.#hparams.set(name, value);
    for (const [name, value] of other.#history.last()) this.values.metric(name, value);
    this.#status = other.#status ?? this.#status;
    this.#lastMs = Math.max(this.#lastMs, other.#lastMs);
  }

  record(place: string, sources: readonly Source[]): RunRecord {
    for (const [name, value] of this.#hparams) this.values.param(name, value);
    for (const [name, value] of this.#history.last()) this.values.metric(name, value);
    return {
      tracker: 'tensorboard',
      place,
      ...(place === '' ? {} : { name: nameOf(place) }),
      status: this.#status ?? 'unknown',
      ...(this.#lastMs > 0
        ? { startedAt: new Date(this.#firstMs).toISOString(), endedAt: new Date(this.#lastMs).toISOString() }
        : {}),
      metrics: this.values.metrics,
      params: this.values.params,
      ...this.#history.build(),
      sourceFiles: sources.map(({ path }) => path),
      ...this.values.problems,
    };
  }
}

function hasEvents(entries: readonly FolderEntry[]): boolean {
  return entries.some(({ name, isFolder }) => !isFolder && EVENTS.test(name));
}

/** A time that dates can be made of. */
function isTime(ms: number): boolean {
  return Number.isFinite(ms) && ms > 0 && ms < 8.64e15;
}
