import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { inlineInspector } from '../modelfiles/inspector.ts';

const requestSchema = v.union([
  v.object({ path: v.string() }),
  v.object({ files: v.array(v.object({ path: v.string(), file: v.string() })) }),
]);

/** The thread that reads model files, which may be hostile: whoever starts it bounds its memory and its time. */
export function serveInspections(port: ThreadPort): void {
  const inspector = inlineInspector();
  serveCalls(port, async (name, args) => {
    const request = v.parse(requestSchema, args);
    switch (name) {
      case 'inspect':
        return inspector.inspect(request);
      case 'completeness':
        return inspector.completeness(request);
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
