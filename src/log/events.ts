import * as v from 'valibot';
import { count, finite, key, line, reason, sha256, stageName, text, ulid } from './parts.ts';
import {
  approvalGiven,
  approvalRefused,
  gateRecorded,
  policyApproved,
  policyProposed,
  policyRefused,
  policyWithdrawn,
  promotionRequested,
  promotionWithdrawn,
} from './review-events.ts';

/**
 * Schemas of the events of format 1 (docs/format.md, "Events"). They decide, for ever, whether an event of a `v: 1` commit is well
 * formed, so a change here is a change of the format. Unknown keys are kept and ignored, except in policies.
 */

const metricValue = v.union([finite, v.picklist(['NaN', 'Infinity', '-Infinity'])]);
const metrics = v.record(key, metricValue);
const params = v.record(key, v.pipe(v.string(), v.maxLength(16_384)));
const tags = v.record(key, v.pipe(v.string(), v.maxLength(4096)));

/** A model's name: what can stand in a file name, an URL and before `@` in a reference on every system. */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const modelName = v.pipe(v.string(), v.regex(MODEL_NAME, 'is not a model name'));

/** An alias: not a number, not what could be a digest, not a draft. Whether it is a stage depends on the policy. */
export const ALIAS_NAME = /^(?!\d+$)(?![0-9a-fA-F]{7,}$)(?!draft-)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const aliasName = v.pipe(v.string(), v.regex(ALIAS_NAME, 'is not an alias'));

const modelCreated = v.looseObject({
  type: v.literal('model.created'),
  model: ulid,
  name: modelName,
  description: v.optional(text),
  tags: v.optional(tags),
});

const modelUpdated = v.looseObject({
  type: v.literal('model.updated'),
  model: ulid,
  description: v.optional(text),
  setTags: v.optional(tags),
  removeTags: v.optional(v.array(key)),
});

const modelRenamed = v.looseObject({ type: v.literal('model.renamed'), model: ulid, name: modelName });
const modelDeleted = v.looseObject({ type: v.literal('model.deleted'), model: ulid, reason });

const runSchema = v.looseObject({
  id: v.optional(line(512)),
  name: v.optional(line(512)),
  tracker: v.optional(line(64)),
  url: v.optional(line(2048)),
  command: v.optional(line(4096)),
  startedAt: v.optional(line(64)),
  endedAt: v.optional(line(64)),
  exitCode: v.optional(v.pipe(v.number(), v.safeInteger())),
  /** Folder in which the command ran, relative to the project's. Programs that knew nothing of this and what follows took the events. */
  folder: v.fallback(v.optional(line(4096)), undefined),
  /** How it is known that this command wrote the outputs. */
  seenAs: v.fallback(v.optional(v.picklist(['run', 'terminal', 'task', 'debug', 'notebook'])), undefined),
  /** How many others ran then that could have written them; without `seenAs` it isn't known which of them all did. */
  othersCount: v.fallback(v.optional(count), undefined),
  notebook: v.fallback(
    v.optional(v.looseObject({ path: line(4096), sha256: v.optional(sha256), cells: sha256, cellCount: count })),
    undefined,
  ),
});

/** Of the files that were left out of a patch, how many are named. */
export const MAX_LEFT_OUT = 50;

/** What the working tree had that its commit hasn't. Programs that knew nothing of it took the events all the same. */
const changesSchema = v.looseObject({
  /** Digest of an object: a patch for `git apply --binary` at the root of the repository. */
  patch: v.optional(sha256),
  fileCount: count,
  leftOut: v.pipe(
    v.array(v.looseObject({ path: line(4096), why: v.picklist(['secret', 'size']) })),
    v.maxLength(MAX_LEFT_OUT),
  ),
  leftOutCount: count,
  untrackedCount: count,
});

/** Of changed outputs and metrics, how many are named. */
export const MAX_WRITTEN = 20;

/** Which of the changes are declared outputs and metrics of the model, by the project file. */
const writtenSchema = v.looseObject({
  paths: v.pipe(v.array(line(1024)), v.maxLength(MAX_WRITTEN)),
  count,
  otherCount: count,
});

const codeSchema = v.looseObject({
  commit: line(128),
  branch: v.optional(line(512)),
  isDirty: v.boolean(),
  remote: v.optional(line(2048)),
  capturedAt: v.picklist(['start', 'end', 'detection']),
  /** Folder of the repository in which the run was, where it wasn't its root. */
  folder: v.fallback(v.optional(line(4096)), undefined),
  tags: v.fallback(v.optional(v.pipe(v.array(line(512)), v.maxLength(20))), undefined),
  /** Name of the repository's folder. */
  repository: v.fallback(v.optional(line(512)), undefined),
  submodules: v.fallback(
    v.optional(
      v.pipe(
        v.array(v.looseObject({ path: line(4096), commit: line(128), isDirty: v.optional(v.literal(true)) })),
        v.maxLength(50),
      ),
    ),
    undefined,
  ),
  /** Whether a branch of a remote had the commit, as far as this clone knew. */
  isPushed: v.fallback(v.optional(v.boolean()), undefined),
  changes: v.fallback(v.optional(changesSchema), undefined),
  written: v.fallback(v.optional(writtenSchema), undefined),
});

const dataSchema = v.looseObject({
  path: line(4096),
  sha256: v.optional(sha256),
  sizeBytes: v.optional(count),
  /** Who names the data, where it wasn't read: what follows came later, so that it is left out where it isn't well formed. */
  kind: v.fallback(v.optional(v.picklist(['dvc', 'lfs', 'huggingface', 'url'])), undefined),
  /** Its name there: `md5:<hex>`, with `.dir` for a folder of DVC. */
  hash: v.fallback(v.optional(line(256)), undefined),
  revision: v.fallback(v.optional(line(512)), undefined),
  rows: v.fallback(v.optional(count), undefined),
  fileCount: v.fallback(v.optional(count), undefined),
});

/** Lock files and sources of packages, GPUs, and things that are missing: so many are named at most. */
export const MAX_LOCKS = 50;
export const MAX_SOURCES = 200;
export const MAX_GPUS = 64;
export const MAX_MISSING = 100;

/** What is known of the packages beside their names and versions, which are in `environment.recorded`. */
const dependenciesSchema = v.looseObject({
  /** What the environment was found by: the command, the editor's choice, the active one, the folder's own. */
  foundBy: v.optional(v.picklist(['command', 'editor', 'active', 'project'])),
  locks: v.optional(v.pipe(v.array(v.looseObject({ path: line(4096), sha256 })), v.maxLength(MAX_LOCKS))),
  /** Packages that were installed from elsewhere than an index. */
  sources: v.optional(
    v.pipe(
      v.array(
        v.looseObject({
          name: line(256),
          isEditable: v.optional(v.boolean()),
          commit: v.optional(line(128)),
          isDirty: v.optional(v.boolean()),
          url: v.optional(line(2048)),
          folder: v.optional(line(4096)),
          sha256: v.optional(sha256),
        }),
      ),
      v.maxLength(MAX_SOURCES),
    ),
  ),
});

/** What a run ran on. Nothing that tells one machine or person from others of the kind. */
const machineSchema = v.looseObject({
  os: v.optional(line(256)),
  architecture: v.optional(line(64)),
  cpu: v.optional(line(256)),
  cpuCount: v.optional(count),
  memoryBytes: v.optional(count),
  gpus: v.optional(v.pipe(v.array(line(256)), v.maxLength(MAX_GPUS))),
  gpuDriver: v.optional(line(128)),
  cuda: v.optional(line(128)),
});

/** What a version lacks of its lineage, by its place there (`code`, `data[train.csv]`), and why. */
const missingSchema = v.pipe(v.array(v.looseObject({ what: line(4096), why: line(1024) })), v.maxLength(MAX_MISSING));

const anyObject = v.pipe(
  v.looseObject({}),
  v.check((value) => !Array.isArray(value), 'is a list'),
);

/** Dtypes and base models that a summary names at most. */
export const MAX_NAMED = 16;

/**
 * What the files of a model say of it, in short, with the whole of it where that is short, else the digest of an object with it.
 * Programs that knew nothing of it took the events all the same, so what isn't well formed here is left out and makes nothing void.
 */
const factsSchema = v.looseObject({
  format: line(64),
  formatVersion: v.optional(line(64)),
  framework: v.optional(v.looseObject({ name: line(128), version: v.optional(line(128)) })),
  architecture: v.optional(line(512)),
  parameterCount: v.optional(count),
  dtypes: v.optional(v.pipe(v.array(line(64)), v.maxLength(MAX_NAMED))),
  license: v.optional(line(256)),
  baseModels: v.optional(
    v.pipe(
      v.array(v.looseObject({ name: line(512), revision: v.optional(line(256)), url: v.optional(line(2048)) })),
      v.maxLength(MAX_NAMED),
    ),
  ),
  /** Names the weights, whatever file they are in (docs/format.md, "Weights"). */
  weights: v.optional(sha256),
  danger: v.optional(v.picklist(['dangerous', 'unknown', 'none-found'])),
  /** How many problems reading them had. */
  problems: v.optional(count),
  all: v.optional(anyObject),
  object: v.optional(sha256),
});

export type RecordedFacts = v.InferOutput<typeof factsSchema>;

const versionRegistered = v.looseObject({
  type: v.literal('version.registered'),
  model: ulid,
  version: ulid,
  artifact: v.looseObject({ digest: sha256, sizeBytes: count, fileCount: v.pipe(count, v.minValue(1)) }),
  metrics: v.optional(metrics, {}),
  params: v.optional(params, {}),
  tags: v.optional(tags, {}),
  description: v.optional(text, ''),
  run: v.optional(runSchema),
  code: v.optional(codeSchema),
  data: v.optional(v.array(dataSchema), []),
  /** Digest of an `environment.recorded`. */
  environment: v.optional(sha256),
  dependencies: v.fallback(v.optional(dependenciesSchema), undefined),
  machine: v.fallback(v.optional(machineSchema), undefined),
  missing: v.fallback(v.optional(missingSchema), undefined),
  base: v.optional(v.looseObject({ name: line(1024), version: v.optional(ulid) })),
  facts: v.fallback(v.optional(factsSchema), undefined),
  /** The course of the metrics, where it is short; else the digest of an object with it. */
  history: v.fallback(v.optional(v.union([sha256, v.looseObject({ metrics: anyObject })])), undefined),
});

const versionAnnotated = v.looseObject({
  type: v.literal('version.annotated'),
  version: ulid,
  description: v.optional(text),
  note: v.optional(reason),
  setTags: v.optional(tags),
  removeTags: v.optional(v.array(key)),
});

const versionEvaluated = v.looseObject({
  type: v.literal('version.evaluated'),
  version: ulid,
  /** Without a dataset and a slice the metrics complete the version's own. */
  dataset: v.optional(v.looseObject({ name: line(1024), sha256: v.optional(sha256) })),
  slice: v.optional(line(1024)),
  metrics,
  /** Confidence intervals of metrics. Programs that knew nothing of them took the events all the same. */
  intervals: v.fallback(v.optional(v.record(key, v.looseObject({ low: finite, high: finite }))), undefined),
  /** What was predicted of each example, from which the metrics were computed. */
  predictions: v.fallback(v.optional(v.looseObject({ object: sha256, rows: count })), undefined),
});

const versionDeleted = v.looseObject({ type: v.literal('version.deleted'), version: ulid, reason });
const artifactPublished = v.looseObject({ type: v.literal('artifact.published'), artifact: sha256 });
const artifactWithdrawn = v.looseObject({ type: v.literal('artifact.withdrawn'), artifact: sha256, reason });

const environmentRecorded = v.looseObject({
  type: v.literal('environment.recorded'),
  digest: sha256,
  python: v.optional(line(128)),
  packages: v.array(v.looseObject({ name: line(256), version: line(256) })),
  /** Names of those that conda installed and that aren't Python packages. */
  conda: v.fallback(v.optional(v.array(line(256))), undefined),
});

const stageChanged = v.looseObject({
  type: v.literal('stage.changed'),
  version: ulid,
  from: stageName,
  to: stageName,
  kind: v.picklist(['promote', 'rollback', 'demote', 'archive']),
  displaces: v.optional(v.array(v.looseObject({ version: ulid, to: stageName })), []),
  reason,
  /** Results of gates that it relied on. */
  gates: v.optional(v.array(v.looseObject({})), []),
  override: v.optional(v.boolean(), false),
});

const aliasSet = v.looseObject({ type: v.literal('alias.set'), model: ulid, alias: aliasName, version: ulid });
const aliasRemoved = v.looseObject({ type: v.literal('alias.removed'), model: ulid, alias: aliasName });

const commentAdded = v.looseObject({
  type: v.literal('comment.added'),
  model: v.optional(ulid),
  version: v.optional(ulid),
  text: reason,
});

/** The policy is judged by `policySchema` apart, because an unknown key in it must not make it merely void. */
const policySet = v.looseObject({ type: v.literal('policy.set'), model: ulid, policy: v.looseObject({}) });

const registrySealed = v.looseObject({ type: v.literal('registry.sealed'), reason });

export const eventSchema = v.variant('type', [
  modelCreated,
  modelUpdated,
  modelRenamed,
  modelDeleted,
  versionRegistered,
  versionAnnotated,
  versionEvaluated,
  versionDeleted,
  artifactPublished,
  artifactWithdrawn,
  environmentRecorded,
  stageChanged,
  aliasSet,
  aliasRemoved,
  gateRecorded,
  approvalGiven,
  approvalRefused,
  promotionRequested,
  promotionWithdrawn,
  commentAdded,
  policySet,
  policyProposed,
  policyWithdrawn,
  policyApproved,
  policyRefused,
  registrySealed,
]);

export type RegistryEvent = v.InferOutput<typeof eventSchema>;
export type EventOf<T extends RegistryEvent['type']> = Extract<RegistryEvent, { type: T }>;

/** The types that format 1 defines. An event of any other type is kept, shown raw, and affects no rule. */
export const EVENT_TYPES: ReadonlySet<string> = new Set(
  eventSchema.options.map((option) => option.entries.type.literal),
);
