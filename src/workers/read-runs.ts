import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { findRuns } from '../runs/find-runs.ts';
import { readMetricsFile, readParamsFile } from '../runs/values-file.ts';

const searchSchema = v.object({ root: v.string(), near: v.array(v.string()), sinceMs: v.number() });
const fileSchema = v.object({ file: v.string() });

/** The thread that reads what trackers and training left in files. */
export function serveRuns(port: ThreadPort): void {
  serveCalls(port, async (name, args) => {
    switch (name) {
      case 'findRuns': {
        const { root, ...options } = v.parse(searchSchema, args);
        return findRuns(root, options);
      }
      case 'metrics':
        return readMetricsFile(v.parse(fileSchema, args).file);
      case 'params':
        return readParamsFile(v.parse(fileSchema, args).file);
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
