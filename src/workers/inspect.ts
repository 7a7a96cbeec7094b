import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { inlineInspector } from '../modelfiles/inspector.ts';
import { TENSOR_COLUMNS } from '../modelfiles/tensor-rows.ts';

const requestSchema = v.union([
  v.object({ path: v.string() }),
  v.object({ files: v.array(v.object({ path: v.string(), file: v.string() })) }),
]);
const rowsSchema = v.object({
  request: requestSchema,
  query: v.object({
    offset: v.number(),
    limit: v.number(),
    sort: v.picklist(TENSOR_COLUMNS),
    isDescending: v.boolean(),
    filter: v.string(),
  }),
});

/** The thread that reads model files, which may be hostile: whoever starts it bounds its memory and its time. */
export function serveInspections(port: ThreadPort): void {
  const inspector = inlineInspector();
  serveCalls(port, async (name, args) => {
    switch (name) {
      case 'inspect':
        return inspector.inspect(v.parse(requestSchema, args));
      case 'completeness':
        return inspector.completeness(v.parse(requestSchema, args));
      case 'overview':
        return inspector.overview(v.parse(requestSchema, args));
      case 'tensorRows': {
        const { request, query } = v.parse(rowsSchema, args);
        return inspector.tensorRows(request, query);
      }
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
