import * as v from 'valibot';
import { inlineByteService } from '../artifacts/byte-service.ts';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { threadFileSystem } from '../storage/quick-file-system.ts';

const dataSchema = v.object({ storeDir: v.string() });
const paths = v.object({ paths: v.array(v.string()) });
const digested = v.object({ ...paths.entries, withRows: v.exactOptional(v.boolean()) });

const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tensors = v.object({
  files: v.array(v.object({ path: v.string(), file: v.string() })),
  tensors: v.array(
    v.object({
      name: v.string(),
      dtype: v.string(),
      shape: v.array(v.number()),
      place: v.exactOptional(v.object({ path: v.string(), offset, sizeBytes: offset })),
      sha256: v.exactOptional(v.string()),
    }),
  ),
});

/** The thread that hashes, copies, restores and verifies files, and another one that reads their tensors. */
export function serveBytes(port: ThreadPort, workerData: unknown): void {
  const { storeDir } = v.parse(dataSchema, workerData);
  const service = inlineByteService(storeDir, threadFileSystem);
  serveCalls(port, async (name, args, options) => {
    switch (name) {
      case 'intake':
        return service.intake(v.parse(paths, args), options);
      case 'digest':
        return service.digest(v.parse(digested, args), options);
      case 'materialise':
        return service.materialise(v.parse(v.object({ digest: v.string(), to: v.string() }), args), options);
      case 'checkout':
        return service.checkout(v.parse(v.object({ digest: v.string(), checkoutsDir: v.string() }), args), options);
      case 'verify':
        return service.verify(
          v.parse(v.object({ digests: v.array(v.string()), objects: v.exactOptional(v.array(v.string())) }), args),
          options,
        );
      case 'hashTensors':
        return service.hashTensors(v.parse(tensors, args), options);
      case 'compareTensors':
        return service.compareTensors(v.parse(v.object({ before: tensors, after: tensors }), args), options);
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
