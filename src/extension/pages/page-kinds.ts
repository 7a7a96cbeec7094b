import * as v from 'valibot';
import { t } from '../../base/language.ts';
import type { PageKind } from '../messages/page-data.ts';
import {
  changesPageStateSchema,
  comparisonPageStateSchema,
  graphPageStateSchema,
  modelPageStateSchema,
  plotsPageStateSchema,
  reviewPageStateSchema,
  versionPageStateSchema,
} from '../messages/page-states.ts';

/** Every page that has a tab of its own, with the state that says which one it is. A model file is an editor, which the editor brings back itself. */
export const openPageSchema = v.variant('kind', [
  v.object({ kind: v.literal('version'), state: versionPageStateSchema }),
  v.object({ kind: v.literal('comparison'), state: comparisonPageStateSchema }),
  v.object({ kind: v.literal('changes'), state: changesPageStateSchema }),
  v.object({ kind: v.literal('graph'), state: graphPageStateSchema }),
  v.object({ kind: v.literal('review'), state: reviewPageStateSchema }),
  v.object({ kind: v.literal('model'), state: modelPageStateSchema }),
  v.object({ kind: v.literal('plots'), state: plotsPageStateSchema }),
]);
export type OpenPage = v.InferOutput<typeof openPageSchema>;
export type OpenKind = OpenPage['kind'];

interface KindOfPage {
  /** By which the editor knows a tab that was open before the window was reloaded: never change one. */
  readonly viewType: string;
  readonly icon: string;
  /** Until its data is there. */
  readonly firstTitle: () => string;
}

export const pageKinds: Readonly<Record<Exclude<PageKind, 'modelFile'>, KindOfPage>> = {
  version: { viewType: 'modelRegistry.version', icon: 'package', firstTitle: () => t('Version') },
  comparison: { viewType: 'modelRegistry.comparison', icon: 'diff', firstTitle: () => t('Compare versions') },
  changes: { viewType: 'modelRegistry.changes', icon: 'git-compare', firstTitle: () => t('What changed') },
  graph: { viewType: 'modelRegistry.graph', icon: 'type-hierarchy', firstTitle: () => t('Lineage') },
  review: { viewType: 'modelRegistry.review', icon: 'checklist', firstTitle: () => t('Review') },
  model: { viewType: 'modelRegistry.model', icon: 'graph-line', firstTitle: () => t('Model') },
  plots: { viewType: 'modelRegistry.plots', icon: 'graph-scatter', firstTitle: () => t('Plots') },
};

export const openKinds: readonly OpenKind[] = openPageSchema.options.map(({ entries }) => entries.kind.literal);

/** The page that a tab showed before, from what its script had saved; nothing where that says none. */
export function savedPage(kind: OpenKind, saved: unknown): OpenPage | undefined {
  const parsed = v.safeParse(v.object({ page: v.unknown() }), saved);
  if (!parsed.success) return undefined;
  const page = v.safeParse(openPageSchema, { kind, state: parsed.output.page });
  return page.success ? page.output : undefined;
}

/** Equal for what shows in the same tab. */
export function keyOf(page: OpenPage): string {
  const of =
    page.kind === 'graph'
      ? [page.state.of]
      : page.kind === 'review'
        ? [page.state.versionId, page.state.stage]
        : page.kind === 'model'
          ? [page.state.modelId]
          : page.kind === 'plots'
            ? [page.state.modelId, JSON.stringify(page.state.of)]
            : versionsOf(page);
  return JSON.stringify([page.kind, page.state.registryDir, ...of]);
}

/** The versions that a page is about; none where it is about something else. */
export function versionsOf({ kind, state }: OpenPage): readonly string[] {
  switch (kind) {
    case 'version':
    case 'review':
      return [state.versionId];
    case 'comparison':
      return state.versionIds;
    case 'changes':
      return [state.beforeId, state.afterId];
    case 'graph':
    case 'model':
    case 'plots':
      return [];
  }
}
