// `node bench/make-registry.ts DIR VERSIONS [INTENTS PER COMMIT]`: a registry to try things on.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { encodeManifest } from '../src/artifacts/manifest.ts';
import { isoTime } from '../src/base/clock.ts';
import { sha256Hex } from '../src/base/hash.ts';
import { newIdSource } from '../src/base/ids.ts';
import { encodeCommit, type Head, hashOfCommit } from '../src/log/commit.ts';
import type { RegistryEvent } from '../src/log/events.ts';
import { encodeFormatFile } from '../src/log/format-file.ts';
import { type Expectations, encodeIntent } from '../src/log/intent.ts';
import { commitKey, FORMAT_KEY, manifestKey, objectKey } from '../src/storage/layout.ts';
import { ARTIFACT_COUNT, type BenchVersion, modelCountFor, modelName, versionAt } from './content.ts';

export interface MadeRegistry {
  readonly versions: number;
  readonly commits: number;
  readonly models: readonly string[];
}

interface Artifact {
  readonly digest: string;
  readonly sizeBytes: number;
}

interface Registered {
  readonly id: string;
  readonly modelId: string;
  /** The model's version in production. */
  readonly holder: string | undefined;
}

const PEOPLE = [
  { name: 'Ann Lee', email: 'ann@example.org' },
  { name: 'Bo Chen', email: 'bo@example.org' },
  { name: 'Cem Aksoy', email: 'cem@example.org' },
];

/**
 * Writes a registry of `versions` versions into `dir`, which must not hold one. The commits are what the client would have written, put
 * down without its fsyncs. One intent a commit is what a person's work looks like; 50 are what a merge of offline work does.
 */
export function makeRegistry(options: {
  readonly dir: string;
  readonly versions: number;
  readonly intentsPerCommit?: number;
}): MadeRegistry {
  const { dir, versions, intentsPerCommit = 1 } = options;
  const start = versionAt(0, versions).at - 60_000;
  let now = start;
  const newId = newIdSource(() => now);
  const registryId = newId();
  const format = encodeFormatFile({ format: 1, registryId, created: isoTime(start), requires: [] });
  mkdirSync(join(dir, 'log'), { recursive: true });
  writeFileSync(join(dir, FORMAT_KEY), format, { flag: 'wx' });
  const artifacts = Array.from({ length: ARTIFACT_COUNT }, (_, index) => writeArtifact(dir, index));
  const published = new Set<number>();

  let head: Head = { seq: 0, hash: sha256Hex(format) };
  let waiting: Uint8Array[] = [];
  const flush = () => {
    if (waiting.length === 0) return;
    const bytes = encodeCommit({ v: 1, seq: head.seq + 1, prev: head.hash, at: isoTime(now) }, waiting);
    head = { seq: head.seq + 1, hash: hashOfCommit(bytes) };
    writeOnce(join(dir, commitKey(head.seq)), bytes);
    waiting = [];
  };
  const ask = (events: readonly RegistryEvent[], expects: Expectations = {}) => {
    now += 1000;
    const by = PEOPLE[head.seq % PEOPLE.length] ?? { name: 'Ann Lee', email: 'ann@example.org' };
    waiting.push(
      encodeIntent({ id: newId(), registryId, by, askedAt: isoTime(now), via: 'cli', requires: [], expects, events }),
    );
    if (waiting.length >= intentsPerCommit) flush();
  };

  const names = Array.from({ length: modelCountFor(versions) }, (_, index) => modelName(index));
  const modelIds = new Map<string, string>();
  const holderOf = new Map<string, string>();
  for (const name of names) {
    const model = newId();
    modelIds.set(name, model);
    ask([{ type: 'model.created', model, name, description: `What ${name} is for`, tags: { area: name } }]);
  }
  for (let index = 0; index < versions; index += 1) {
    const version = versionAt(index, versions);
    now = Math.max(now, version.at);
    const artifact = artifacts[version.artifact];
    const modelId = modelIds.get(version.model);
    if (!artifact || modelId === undefined) throw new Error(`Version ${index} has no model or artifact.`);
    const registered = { id: newId(), modelId, holder: holderOf.get(modelId) };
    const events: RegistryEvent[] = [registrationOf(version, registered, artifact)];
    if (!published.has(version.artifact)) events.push({ type: 'artifact.published', artifact: artifact.digest });
    published.add(version.artifact);
    ask(events);
    if (version.fate !== 'candidate') promote(ask, registered, version);
    if (version.fate === 'production') holderOf.set(modelId, registered.id);
  }
  flush();
  return { versions, commits: head.seq, models: names };
}

function registrationOf(version: BenchVersion, { id, modelId }: Registered, artifact: Artifact): RegistryEvent {
  const { metrics, params, tags, description, run, commit, branch } = version;
  return {
    type: 'version.registered',
    model: modelId,
    version: id,
    artifact: { digest: artifact.digest, sizeBytes: artifact.sizeBytes, fileCount: 1 },
    metrics: { ...metrics },
    params: { ...params },
    tags: { ...tags },
    description,
    run: { id: run, name: `train-${version.index}`, command: 'python train.py' },
    code: { commit, branch, isDirty: false, capturedAt: 'end' },
    data: [{ path: 'data/train.csv', sha256: sha256Hex(`data ${Math.floor(version.index / 100)}`), sizeBytes: 1000 }],
  };
}

type Ask = (events: readonly RegistryEvent[], expects?: Expectations) => void;

/** To staging; and from there to production, with an alias that follows. */
function promote(ask: Ask, { id, modelId, holder }: Registered, version: BenchVersion): void {
  const reason = `${version.model}@${version.number} is better on ${version.tags.team ?? 'every'} data`;
  const moved = {
    type: 'stage.changed' as const,
    version: id,
    kind: 'promote' as const,
    reason,
    gates: [],
    override: false,
  };
  ask([{ ...moved, from: 'candidate', to: 'staging', displaces: [] }], { stages: { [id]: 'candidate' } });
  if (version.fate !== 'production') return;
  ask(
    [
      {
        ...moved,
        from: 'staging',
        to: 'production',
        displaces: holder === undefined ? [] : [{ version: holder, to: 'archived' }],
      },
    ],
    { stages: { [id]: 'staging' }, holders: { [`${modelId}/production`]: holder ?? null } },
  );
  ask([{ type: 'alias.set', model: modelId, alias: 'champion', version: id }], {
    aliases: { [`${modelId}/champion`]: holder ?? null },
  });
}

function writeArtifact(dir: string, index: number): Artifact {
  const bytes = Buffer.from(`weights ${index} `.repeat(100));
  const sha256 = sha256Hex(bytes);
  writeInFolder(join(dir, objectKey(sha256)), bytes);
  const manifest = encodeManifest([{ path: 'model.bin', size: bytes.length, sha256 }]);
  writeInFolder(join(dir, manifestKey(manifest.digest)), manifest.bytes);
  return { digest: manifest.digest, sizeBytes: bytes.length };
}

function writeInFolder(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeOnce(path, bytes);
}

function writeOnce(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'wx', 0o644);
  try {
    writeSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const [dir, versions, intentsPerCommit = '1'] = process.argv.slice(2);
  if (dir === undefined || !Number.isSafeInteger(Number(versions)) || Number(versions) < 1) {
    console.error('node bench/make-registry.ts DIR VERSIONS [INTENTS PER COMMIT]');
    process.exitCode = 2;
  } else {
    console.log(
      makeRegistry({
        dir: resolve(dir),
        versions: Number(versions),
        intentsPerCommit: Number(intentsPerCommit),
      }),
    );
  }
}
