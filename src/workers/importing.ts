import * as v from 'valibot';
import { serveCalls, type ThreadPort } from '../base/worker-rpc.ts';
import { type FoundVersion, SOURCE_KINDS } from '../importing/found.ts';
import { recordsOf } from '../importing/records.ts';
import { surveyFolder } from '../importing/survey.ts';

const surveySchema = v.object({
  root: v.string(),
  only: v.exactOptional(v.string()),
  kinds: v.exactOptional(v.array(v.picklist(SOURCE_KINDS))),
});
// What the survey itself found, which came from this thread.
const foundSchema = v.custom<FoundVersion>((value) => typeof value === 'object' && value !== null && 'paths' in value);
const recordsSchema = v.object({
  root: v.string(),
  source: v.picklist(SOURCE_KINDS),
  versions: v.array(foundSchema),
});

/** The thread that reads what other registries and trackers keep, for an import. */
export function serveImporting(port: ThreadPort): void {
  serveCalls(port, async (name, args, { signal }) => {
    switch (name) {
      case 'survey':
        return surveyFolder({ ...v.parse(surveySchema, args), signal });
      case 'records': {
        const { root, source, versions } = v.parse(recordsSchema, args);
        return recordsOf(root, source, versions);
      }
      default:
        throw new Error(`The thread has no operation ${name}`);
    }
  });
}
