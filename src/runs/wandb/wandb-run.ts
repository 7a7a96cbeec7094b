import { writtenMetric } from '../../base/metric-value.ts';
import { type ProtobufField, protobufFields, protobufNumber, protobufText } from '../../base/protobuf.ts';
import { HistoryBuilder } from '../history.ts';
import { parsePythonJson } from '../parse-json.ts';
import type { RunRecord, RunStatus } from '../run-record.ts';
import { RunValues } from '../values.ts';

/** Fields of Record in wandb_internal.proto. */
const HISTORY = 2;
const SUMMARY = 3;
const CONFIG = 5;
const RUN = 17;
const EXIT = 18;
const ENVIRONMENT = 26;
const MAX_DEPTH = 8;
const MAX_TAGS = 100;

/** Collects what the transaction log and the files of a run of W&B tell. */
export class WandbRunBuilder {
  readonly values = new RunValues();
  readonly #history = new HistoryBuilder();
  readonly #config = new Map<string, unknown>();
  readonly #summary = new Map<string, unknown>();
  readonly #tags: string[] = [];
  id: string | undefined;
  entity: string | undefined;
  project: string | undefined;
  gitCommit: string | undefined;
  program: string | undefined;
  args: string[] = [];
  #name: string | undefined;
  #status: RunStatus = 'unknown';
  #startMs: number | undefined;
  #lastMs = 0;

  get hasConfig(): boolean {
    return this.#config.size > 0;
  }

  get hasSummary(): boolean {
    return this.#summary.size > 0;
  }

  get startMs(): number | undefined {
    return this.#startMs;
  }

  /** A record of the log. Throws `ProtobufInvalid`. */
  addRecord(bytes: Uint8Array): void {
    for (const field of protobufFields(bytes)) {
      if (field.kind !== 'bytes') continue;
      if (field.number === HISTORY) this.#addHistory(field.bytes);
      else if (field.number === SUMMARY) this.#update(this.#summary, field.bytes);
      else if (field.number === CONFIG) this.#update(this.#config, field.bytes);
      else if (field.number === RUN) this.#addRun(field.bytes);
      else if (field.number === EXIT) this.#addExit(field.bytes);
      else if (field.number === ENVIRONMENT) this.#addEnvironment(field.bytes);
    }
  }

  setConfig(name: string, value: unknown): void {
    this.#config.set(name, value);
  }

  setSummary(name: string, value: unknown): void {
    this.#summary.set(name, value);
  }

  startedAt(ms: number): void {
    if (ms > 0 && ms < 8.64e15) this.#startMs ??= ms;
  }

  record(place: string, more: Pick<RunRecord, 'sourceFiles' | 'url'>): RunRecord {
    for (const [name, value] of this.#config) if (!name.startsWith('_')) this.values.param(name, value);
    // The summary is what W&B shows as results; what only a killed run's history has comes first.
    for (const [name, value] of this.#history.last()) this.values.metric(name, value);
    for (const [name, value] of this.#summary) this.#addMetrics(name, value, 0);
    const endMs = this.#lastMs > 0 && this.#status !== 'unknown' ? this.#lastMs : undefined;
    return {
      tracker: 'wandb',
      place,
      ...(this.id === undefined ? {} : { id: this.id }),
      ...(this.#name ? { name: this.#name } : {}),
      ...(this.project ? { group: this.project } : {}),
      ...(more.url === undefined ? {} : { url: more.url }),
      status: this.#status,
      ...(this.#startMs === undefined ? {} : { startedAt: new Date(this.#startMs).toISOString() }),
      ...(endMs === undefined ? {} : { endedAt: new Date(endMs).toISOString() }),
      metrics: this.values.metrics,
      params: this.values.params,
      ...(this.#tags.length > 0 ? { tags: { wandb: this.#tags.join(', ') } } : {}),
      ...this.#history.build(),
      ...(this.gitCommit && /^[0-9a-f]{40,64}$/.test(this.gitCommit) ? { gitCommit: this.gitCommit } : {}),
      ...(this.program ? { command: [this.program, ...this.args].join(' ') } : {}),
      sourceFiles: more.sourceFiles,
      ...this.values.problems,
    };
  }

  #addMetrics(name: string, value: unknown, depth: number): void {
    if (name.startsWith('_')) return;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.values.metric(name, value);
      return;
    }
    // Tables, histograms and images say what they are.
    if (depth >= MAX_DEPTH || '_type' in value) return;
    for (const [key, item] of Object.entries(value)) this.#addMetrics(`${name}.${key}`, item, depth + 1);
  }

  #addHistory(bytes: Uint8Array): void {
    const items: Item[] = [];
    let step: number | undefined;
    for (const field of protobufFields(bytes)) {
      if (field.kind !== 'bytes') continue;
      if (field.number === 1) items.push(itemOf(field.bytes));
      else if (field.number === 2) step = numberOf(field.bytes, 1) ?? 0;
    }
    const given = (name: string) => {
      const value = items.find((item) => item.name === name)?.value;
      return typeof value === 'number' ? value : undefined;
    };
    const seconds = given('_timestamp');
    const atMs = seconds !== undefined && seconds > 0 && seconds < 8.64e12 ? Math.round(seconds * 1000) : undefined;
    if (atMs !== undefined) this.#lastMs = Math.max(this.#lastMs, atMs);
    for (const { name, value } of items) {
      const metric = writtenMetric(value);
      if (metric === undefined || name.startsWith('_')) continue;
      const point = { step: step ?? given('_step') ?? 0, value: metric };
      this.#history.add(name, atMs === undefined ? point : { ...point, atMs });
    }
  }

  /** SummaryRecord and ConfigRecord: 1 update, 2 remove. */
  #update(target: Map<string, unknown>, bytes: Uint8Array): void {
    for (const field of protobufFields(bytes)) {
      if (field.kind !== 'bytes' || target.size > 10_000) continue;
      const { name, value } = itemOf(field.bytes);
      if (name === '') continue;
      if (field.number === 1) target.set(name, value);
      else if (field.number === 2) target.delete(name);
    }
  }

  #addRun(bytes: Uint8Array): void {
    for (const field of protobufFields(bytes)) {
      const text = protobufText(field);
      if (text === undefined || field.kind !== 'bytes') continue;
      if (field.number === 1) this.id = text;
      else if (field.number === 2) this.entity = text;
      else if (field.number === 3) this.project = text;
      else if (field.number === 4) this.#update(this.#config, field.bytes);
      else if (field.number === 5) this.#update(this.#summary, field.bytes);
      else if (field.number === 8) this.#name = text;
      else if (field.number === 10 && this.#tags.length < MAX_TAGS) this.#tags.push(text);
      else if (field.number === 17) this.startedAt(timestampMs(field.bytes));
      else if (field.number === 21) this.gitCommit = textIn(field.bytes, 2) ?? this.gitCommit;
    }
  }

  /** RunExitRecord: 1 exit_code, 2 runtime in seconds. */
  #addExit(bytes: Uint8Array): void {
    this.#status = (numberOf(bytes, 1) ?? 0) === 0 ? 'finished' : 'failed';
    const runtimeMs = (numberOf(bytes, 2) ?? 0) * 1000;
    if (this.#startMs !== undefined) this.#lastMs = Math.max(this.#lastMs, this.#startMs + runtimeMs);
  }

  #addEnvironment(bytes: Uint8Array): void {
    const args: string[] = [];
    for (const field of protobufFields(bytes)) {
      if (field.kind !== 'bytes') continue;
      if (field.number === 5 && args.length < 100) args.push(protobufText(field) ?? '');
      // The script's path in the code, rather than one of the machine.
      else if (field.number === 7) this.program = protobufText(field);
      else if (field.number === 9) this.gitCommit = textIn(field.bytes, 2) ?? this.gitCommit;
    }
    if (args.length > 0) this.args = args;
  }
}

interface Item {
  readonly name: string;
  readonly value: unknown;
}

/** HistoryItem, SummaryItem and ConfigItem: a name, or one in parts, and its value as JSON or in a field of its type. */
function itemOf(bytes: Uint8Array): Item {
  let name = '';
  const nested: string[] = [];
  let value: unknown;
  for (const field of protobufFields(bytes)) {
    if (field.number === 1) name = protobufText(field) ?? '';
    else if (field.number === 2) nested.push(protobufText(field) ?? '');
    else value = typedValue(field) ?? value;
  }
  return { name: nested.length > 0 ? nested.join('.') : name, value };
}

function typedValue(field: ProtobufField): unknown {
  if (field.number === 4 && field.kind === 'varint') return field.value !== 0n;
  if (field.number === 5 && field.kind === 'varint') return Number((field.value >> 1n) ^ -(field.value & 1n));
  if (field.number === 6) return protobufNumber(field);
  if (field.number === 7) return protobufText(field);
  if (field.number !== 8 && field.number !== 16) return undefined;
  try {
    return parsePythonJson(protobufText(field) ?? '');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function numberOf(bytes: Uint8Array, number: number): number | undefined {
  for (const field of protobufFields(bytes)) if (field.number === number) return protobufNumber(field);
  return undefined;
}

function textIn(bytes: Uint8Array, number: number): string | undefined {
  for (const field of protobufFields(bytes)) if (field.number === number) return protobufText(field);
  return undefined;
}

/** google.protobuf.Timestamp. */
function timestampMs(bytes: Uint8Array): number {
  return (numberOf(bytes, 1) ?? 0) * 1000 + Math.round((numberOf(bytes, 2) ?? 0) / 1e6);
}
