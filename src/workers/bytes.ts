import * as v from 'valibot';
import { inlineByteService } from '../artifacts/byte-service.ts';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';

const dataSchema = v.object({ storeDir: v.string() });
const paths = v.object({ paths: v.array(v.string()) });

/** The thread that hashes, copies, restores and verifies files. */
export function serveBytes(port: ThreadPort, workerData: unknown): void {
  const { storeDir } = v.parse(dataSchema, workerData);
  const service = inlineByteService(storeDir);
  serveCalls(port, async (name, args, options) => {
    switch (name) {
      case 'intake':
        return service.intake(v.parse(paths, args), options);
      case 'digest':
        return service.digest(v.parse(paths, args), options);
      case 'materialise':
        return service.materialise(v.parse(v.object({ digest: v.string(), to: v.string() }), args), options);
      case 'checkout':
        return service.checkout(v.parse(v.object({ digest: v.string(), checkoutsDir: v.string() }), args), options);
      case 'verify':
        return service.verify(v.parse(v.object({ digests: v.array(v.string()) }), args), options);
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
