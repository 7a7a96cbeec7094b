import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { findRuns } from '../runs/find-runs.ts';
import { type OnLeftOut, readMeasuredFile, readMetricsFile, readParamsFile } from '../runs/values-file.ts';

const searchSchema = v.object({ root: v.string(), near: v.array(v.string()), sinceMs: v.number() });
const measuredSchema = v.object({ file: v.string() });
const fileSchema = v.object({ file: v.string(), isTold: v.boolean() });

/** The thread that reads what trackers and training left in files. */
export function serveRuns(port: ThreadPort): void {
  serveCalls(port, async (name, args) => {
    switch (name) {
      case 'findRuns': {
        const { root, ...options } = v.parse(searchSchema, args);
        return findRuns(root, options);
      }
      case 'metrics':
        return read(readMetricsFile, args);
      case 'params':
        return read(readParamsFile, args);
      case 'measured':
        return readMeasuredFile(v.parse(measuredSchema, args).file);
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}

async function read<T>(reader: (file: string, onLeftOut?: OnLeftOut) => Promise<T>, args: unknown) {
  const { file, isTold } = v.parse(fileSchema, args);
  const leftOut: string[] = [];
  const values = await (isTold ? reader(file, (why) => leftOut.push(why)) : reader(file));
  return { values, leftOut };
}
