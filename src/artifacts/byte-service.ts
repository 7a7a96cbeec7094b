import { join } from 'node:path';
import * as v from 'valibot';
import { idleThread } from '../base/idle-thread.ts';
import type { OperationOptions } from '../base/progress.ts';
import type { TensorFacts } from '../modelfiles/facts.ts';
import { fileSetOf, type LocalFile } from '../modelfiles/local-files.ts';
import { compareTensors } from '../modelfiles/tensors/compare-tensors.ts';
import type { TensorComparison } from '../modelfiles/tensors/tensor-difference.ts';
import { type HashedTensors, hashTensors } from '../modelfiles/tensors/weights-digest.ts';
import { type FileSystem, nodeFileSystem } from '../storage/file-system.ts';
import { filesystemStore } from '../storage/filesystem-store.ts';
import { STAGING_FOLDER, sweepTemporaryFiles } from '../storage/temporary.ts';
import { type CheckoutRequest, checkout } from './checkout.ts';
import { type DigestRequest, type DigestResult, digestFiles } from './digest-data.ts';
import { type IntakeResult, intakeArtifact } from './intake.ts';
import { manifestFileSchema } from './manifest.ts';
import { type MaterialiseRequest, type MaterialiseResult, materialise } from './materialise.ts';
import { statCacheOf } from './stat-cache.ts';
import { type ArtifactCheck, type VerifyRequest, verifyArtifacts } from './verify-objects.ts';

/** Everything that reads or writes whole files. All of it can be cancelled and reports its progress in bytes. */
export interface ByteService {
  /** Stores files and folders as an artifact. */
  intake(request: PathsRequest, options?: OperationOptions): Promise<IntakeResult>;
  /** What `intake` would return, without storing anything, and how many rows data has. */
  digest(request: DigestRequest, options?: OperationOptions): Promise<DigestResult>;
  /** Writes an artifact's files into a folder of the user's. */
  materialise(request: MaterialiseRequest, options?: OperationOptions): Promise<MaterialiseResult>;
  /** Gives a read-only copy of an artifact's files. */
  checkout(request: CheckoutRequest, options?: OperationOptions): Promise<{ readonly path: string }>;
  /** Looks for damage. */
  verify(request: VerifyRequest, options?: OperationOptions): Promise<ArtifactCheck>;
  /** Hashes the bytes of each tensor, and all of them together. */
  hashTensors(request: TensorsRequest, options?: OperationOptions): Promise<HashedTensors>;
  /** What became of the tensors of one model in another one. */
  compareTensors(
    request: { readonly before: TensorsRequest; readonly after: TensorsRequest },
    options?: OperationOptions,
  ): Promise<TensorComparison>;
  close(): Promise<void>;
}

/** Files, under the paths that they have in the model, and the tensors in them. */
export interface TensorsRequest {
  readonly files: readonly LocalFile[];
  readonly tensors: readonly TensorFacts[];
}

export interface PathsRequest {
  /** Files and folders, absolute. */
  readonly paths: readonly string[];
}

/** Does the work on the calling thread. */
export function inlineByteService(storeDir: string, fs: FileSystem = nodeFileSystem): ByteService {
  const store = filesystemStore(storeDir, fs);
  let swept: Promise<unknown> | undefined;
  return {
    async intake({ paths }, options) {
      // What killed processes left takes space only; failing to remove it stops nobody.
      swept ??= sweepTemporaryFiles(join(storeDir, STAGING_FOLDER)).catch(() => undefined);
      await swept;
      return intakeArtifact(store, { paths, except: storeDir, cache: await statCacheOf(storeDir) }, options);
    },
    digest: (request, options) => digestFiles(request, storeDir, options),
    materialise: (request, options) => materialise(store, request, options),
    checkout: (request, options) => checkout(store, request, options),
    verify: (request, options) => verifyArtifacts(store, request, options),
    hashTensors: async ({ files, tensors }, options) => hashTensors(await fileSetOf(files), tensors, options),
    compareTensors: async ({ before, after }, options) =>
      compareTensors(await sideOf(before), await sideOf(after), options),
    close: async () => undefined,
  };
}

async function sideOf({ files, tensors }: TensorsRequest) {
  return { set: await fileSetOf(files), tensors };
}

// The thread is built from the same sources, so that its answers need no more than a look at what they are.
const hashedSchema = v.custom<HashedTensors>((value) => typeof value === 'object' && value !== null);
const comparisonSchema = v.custom<TensorComparison>((value) => typeof value === 'object' && value !== null);
const intakeSchema = v.object({ digest: v.string(), sizeBytes: v.number(), files: v.array(manifestFileSchema) });
const digestSchema = v.object({ ...intakeSchema.entries, rows: v.exactOptional(v.number()) });
const writtenSchema = v.object({ fileCount: v.number(), sizeBytes: v.number() });
const pathSchema = v.object({ path: v.string() });
const problemSchema = v.object({
  kind: v.picklist(['MANIFEST_MISSING', 'MANIFEST_DAMAGED', 'OBJECT_MISSING', 'OBJECT_DAMAGED']),
  key: v.string(),
  digest: v.string(),
  isAttached: v.exactOptional(v.boolean()),
  message: v.string(),
});
const checkSchema = v.object({
  manifests: v.number(),
  objects: v.number(),
  bytes: v.number(),
  problems: v.array(problemSchema),
});

/** Bytes are in buffers that are used again, so that little else is made: the default would only keep 16 MiB more. */
const NURSERY = { maxYoungGenerationSizeMb: 8 };

/**
 * Does the work in threads that are there while they are needed (`idleThread`): one reads and writes files, and another one reads tensors,
 * so that weights are hashed while their file is copied.
 */
export function workerByteService(options: {
  readonly storeDir: string;
  /** The built `worker.js`. */
  readonly workerFile: string;
  readonly idleMs?: number;
}): ByteService {
  const { storeDir, workerFile, idleMs } = options;
  const thread = { workerFile, workerData: { role: 'bytes', storeDir }, idleMs, resourceLimits: NURSERY };
  const files = idleThread({ ...thread, does: 'reads and writes files' });
  const tensors = idleThread({ ...thread, does: 'reads tensors' });
  return {
    intake: async (request, operation) => v.parse(intakeSchema, await files.call('intake', request, operation)),
    digest: async (request, operation) => v.parse(digestSchema, await files.call('digest', request, operation)),
    materialise: async (request, operation) =>
      v.parse(writtenSchema, await files.call('materialise', request, operation)),
    checkout: async (request, operation) => v.parse(pathSchema, await files.call('checkout', request, operation)),
    verify: async (request, operation) => v.parse(checkSchema, await files.call('verify', request, operation)),
    hashTensors: async (request, operation) =>
      v.parse(hashedSchema, await tensors.call('hashTensors', request, operation)),
    compareTensors: async (request, operation) =>
      v.parse(comparisonSchema, await tensors.call('compareTensors', request, operation)),
    async close() {
      await Promise.all([files.close(), tensors.close()]);
    },
  };
}
