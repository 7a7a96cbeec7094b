import * as v from 'valibot';
import type { EventOf } from '../log/events.ts';

const partsSchema = v.object({
  data: v.array(
    v.object({
      path: v.string(),
      sha256: v.exactOptional(v.string()),
      sizeBytes: v.exactOptional(v.number()),
      kind: v.exactOptional(v.picklist(['dvc', 'lfs', 'huggingface', 'url'])),
      hash: v.exactOptional(v.string()),
      revision: v.exactOptional(v.string()),
      rows: v.exactOptional(v.number()),
      fileCount: v.exactOptional(v.number()),
    }),
  ),
  dependencies: v.exactOptional(
    v.object({
      foundBy: v.exactOptional(v.picklist(['command', 'editor', 'active', 'project'])),
      locks: v.exactOptional(v.array(v.object({ path: v.string(), sha256: v.string() }))),
      sources: v.exactOptional(
        v.array(
          v.object({
            name: v.string(),
            isEditable: v.exactOptional(v.boolean()),
            commit: v.exactOptional(v.string()),
            isDirty: v.exactOptional(v.boolean()),
            url: v.exactOptional(v.string()),
            folder: v.exactOptional(v.string()),
            sha256: v.exactOptional(v.string()),
          }),
        ),
      ),
    }),
  ),
  machine: v.exactOptional(
    v.object({
      os: v.exactOptional(v.string()),
      architecture: v.exactOptional(v.string()),
      cpu: v.exactOptional(v.string()),
      cpuCount: v.exactOptional(v.number()),
      memoryBytes: v.exactOptional(v.number()),
      gpus: v.exactOptional(v.array(v.string())),
      gpuDriver: v.exactOptional(v.string()),
      cuda: v.exactOptional(v.string()),
    }),
  ),
  missing: v.optional(v.array(v.object({ what: v.string(), why: v.string() })), []),
});

export type RecordedParts = v.InferOutput<typeof partsSchema>;

/** What the event that registered a version says of data, packages and machine, without members that aren't well formed. */
export function recordedParts(registered: EventOf<'version.registered'> | undefined): RecordedParts {
  const { data = [], dependencies, machine, missing } = registered ?? {};
  // What wasn't well formed stands in the event as undefined, which JSON has no word for.
  return v.parse(partsSchema, JSON.parse(JSON.stringify({ data, dependencies, machine, missing })));
}
