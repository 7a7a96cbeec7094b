import * as v from 'valibot';
import { comparedIds, lineageReference, stageName, ulid } from './fields.ts';

// Which page it is that a tab shows, kept by the editor over a reload of its window.

export const versionPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  versionId: ulid,
});
export type VersionPageState = v.InferOutput<typeof versionPageStateSchema>;

export const comparisonPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  versionIds: comparedIds,
});
export type ComparisonPageState = v.InferOutput<typeof comparisonPageStateSchema>;

export const changesPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  beforeId: ulid,
  afterId: ulid,
});
export type ChangesPageState = v.InferOutput<typeof changesPageStateSchema>;

export const graphPageStateSchema = v.object({ registryDir: v.pipe(v.string(), v.minLength(1)), of: lineageReference });
export type GraphPageState = v.InferOutput<typeof graphPageStateSchema>;

export const modelPageStateSchema = v.object({ registryDir: v.pipe(v.string(), v.minLength(1)), modelId: ulid });
export type ModelPageState = v.InferOutput<typeof modelPageStateSchema>;

export const plotsPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  modelId: ulid,
  of: v.variant('kind', [
    v.object({ kind: v.literal('all') }),
    v.object({ kind: v.literal('ids'), ids: v.pipe(v.array(ulid), v.minLength(1), v.maxLength(3000)) }),
    v.object({ kind: v.literal('search'), query: v.pipe(v.string(), v.maxLength(1000)) }),
  ]),
});
export type PlotsPageState = v.InferOutput<typeof plotsPageStateSchema>;

/** A version on its way to a stage. */
export const reviewPageStateSchema = v.object({
  registryDir: v.pipe(v.string(), v.minLength(1)),
  versionId: ulid,
  stage: stageName,
});
export type ReviewPageState = v.InferOutput<typeof reviewPageStateSchema>;

export const modelFilePageStateSchema = v.object({ uri: v.pipe(v.string(), v.minLength(1)) });
export type ModelFilePageState = v.InferOutput<typeof modelFilePageStateSchema>;
