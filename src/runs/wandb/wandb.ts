import * as v from 'valibot';
import { ProtobufInvalid } from '../../base/protobuf.ts';
import { mayBelong } from '../belonging.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { parsePythonJson } from '../parse-json.ts';
import { readYaml } from '../parse-yaml.ts';
import { nameOf, parentOf, pathBelow } from '../paths.ts';
import { RunFileInvalid, type RunFiles } from '../run-files.ts';
import type { RunReader } from '../run-reader.ts';
import type { RunRecord } from '../run-record.ts';
import { readTransactionLog } from './transaction-log.ts';
import { WandbRunBuilder } from './wandb-run.ts';

/** The time in it is the local one of wherever the run was. */
const FOLDER = /^(?:offline-)?run-(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)-([\w-]{1,128})$/;
const DAY_MS = 24 * 3_600_000;
const MAX_LOG_BYTES = 128 * 1024 * 1024;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

const text = v.fallback(v.nullish(v.string()), undefined);
const anything = v.record(v.string(), v.unknown());
const wrapped = v.object({ value: v.unknown() });
const metadataSchema = v.object({
  startedAt: text,
  program: text,
  codePath: text,
  args: v.fallback(v.array(v.string()), []),
  git: v.fallback(v.nullish(v.object({ commit: text })), undefined),
});

/** Runs of W&B: folders in `wandb/`, each with a transaction log; online runs and old versions have files beside it. */
export const wandbReader: RunReader = {
  tracker: 'wandb',
  label: 'Weights & Biases',
  recognise(folder, entries) {
    if (FOLDER.test(nameOf(folder))) return [folder];
    return entries
      .filter(({ name, isFolder }) => isFolder && FOLDER.test(name))
      .map(({ name }) => pathBelow(folder, name));
  },
  async read(place, { files, sinceMs, outputs }) {
    const entries = await files.list(place);
    const log = entries.find(({ name, isFolder }) => !isFolder && name.endsWith('.wandb'))?.name;
    const logFile = log === undefined ? undefined : pathBelow(place, log);
    const stat = await files.stat(logFile ?? pathBelow(place, 'files'));
    const { id, startMs } = fromName(place);
    if (!stat || stat.mtimeMs < sinceMs) return [];
    if (!mayBelong({ place, id, startMs: startMs - DAY_MS, endMs: stat.mtimeMs }, outputs)) return [];
    const builder = new WandbRunBuilder();
    const sourceFiles: string[] = [];
    if (logFile !== undefined) {
      sourceFiles.push(logFile);
      await readLog(logFile, stat.sizeBytes, files, builder);
    }
    sourceFiles.push(...(await readFiles(pathBelow(place, 'files'), files, builder)));
    if (sourceFiles.length === 0) return [];
    builder.id ??= id;
    const isShared =
      !nameOf(place).startsWith('offline-') || entries.some(({ name }) => name.endsWith('.wandb.synced'));
    const url = isShared ? await pageOf(builder, parentOf(place), files) : undefined;
    const record: RunRecord = builder.record(place, { sourceFiles, ...(url === undefined ? {} : { url }) });
    return [record];
  },
};

function fromName(place: string): { readonly id: string | undefined; readonly startMs: number } {
  const [, year, month, day, hour, minute, second, id] = FOLDER.exec(nameOf(place)) ?? [];
  const startMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return { id, startMs: Number.isNaN(startMs) ? 0 : startMs };
}

async function readLog(path: string, sizeBytes: number, files: RunFiles, builder: WandbRunBuilder): Promise<void> {
  const cursor = new ByteCursor(files, path, Math.min(sizeBytes, MAX_LOG_BYTES));
  const end = await readTransactionLog(cursor, (bytes) => {
    try {
      builder.addRecord(bytes);
    } catch (error) {
      if (!(error instanceof ProtobufInvalid)) throw error;
      builder.values.problem(`${path} has a record that can't be read: ${error.message}`);
    }
  });
  if (sizeBytes > MAX_LOG_BYTES) builder.values.problem(`${path} is large: only its beginning was read`);
  else if (end === 'damaged') builder.values.problem(`${path} is damaged: what follows wasn't read`);
}

/** What the log doesn't have. */
async function readFiles(folder: string, files: RunFiles, builder: WandbRunBuilder): Promise<readonly string[]> {
  const read: string[] = [];
  const parsed = async (name: string): Promise<unknown> => {
    const path = pathBelow(folder, name);
    try {
      const content = name.endsWith('.yaml') ? await readYaml(path, files) : await jsonIn(path, files);
      if (content !== undefined) read.push(path);
      return content;
    } catch (error) {
      if (!(error instanceof RunFileInvalid) && !(error instanceof SyntaxError)) throw error;
      builder.values.problem(error instanceof SyntaxError ? `${path} can't be read: ${error.message}` : error.message);
      return undefined;
    }
  };
  if (!builder.hasConfig) {
    const config = v.safeParse(anything, await parsed('config.yaml'));
    for (const [name, item] of config.success ? Object.entries(config.output) : []) {
      const value = v.safeParse(wrapped, item);
      if (value.success) builder.setConfig(name, value.output.value);
    }
  }
  const summary = v.safeParse(anything, await parsed('wandb-summary.json'));
  for (const [name, value] of summary.success ? Object.entries(summary.output) : []) builder.setSummary(name, value);
  const metadata = v.safeParse(metadataSchema, await parsed('wandb-metadata.json'));
  if (metadata.success) {
    const { startedAt, program, codePath, args, git } = metadata.output;
    builder.gitCommit ??= git?.commit ?? undefined;
    builder.program ??= codePath ?? (program ? nameOf(program.replaceAll('\\', '/')) : undefined);
    if (builder.args.length === 0) builder.args = [...args];
    if (startedAt) builder.startedAt(Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(startedAt) ? startedAt : `${startedAt}Z`));
  }
  return read;
}

async function jsonIn(path: string, files: RunFiles): Promise<unknown> {
  const content = await files.readText(path, MAX_FILE_BYTES);
  return content === undefined ? undefined : parsePythonJson(content);
}

/** The run's page, on the server that the workspace's settings name. */
async function pageOf(builder: WandbRunBuilder, folder: string, files: RunFiles): Promise<string | undefined> {
  const { entity, project, id } = builder;
  if (!entity || !project || id === undefined) return undefined;
  const settings = (await files.readText(pathBelow(folder, 'settings'), MAX_FILE_BYTES)) ?? '';
  const [, named] = /^\s*base_url\s*=\s*(https?:\/\/[^\s/?#@]+)/m.exec(settings) ?? [];
  const host = named === undefined || named === 'https://api.wandb.ai' ? 'https://wandb.ai' : named;
  return `${host}/${[entity, project, 'runs', id].map(encodeURIComponent).join('/')}`;
}
