import { RegistryError } from '../../base/errors.ts';
import { impactName } from '../../base/impact-name.ts';
import { t } from '../../base/language.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { MaybeRestricted, PageData, PageKind } from '../messages/page-data.ts';
import { preferredMetric } from '../settings.ts';
import { loadComparisonPage } from './comparison-data.ts';
import { loadModelPage } from './model-handlers.ts';
import {
  changesTitle,
  comparisonTitle,
  type DirectionsOf,
  loadChangesPage,
  loadGraphPage,
  loadVersionPage,
  versionTitle,
} from './page-data.ts';
import type { OpenPage } from './page-kinds.ts';
import { loadPlotsPage, plotsTitle } from './plots-data.ts';

/** What a page shows, and the title of its tab. Throws what the registry throws, and `NOT_ON_PAGE` for a review, which its own panel reads. */
export async function loadPage(
  page: OpenPage,
  registry: RegistryCalls,
  directionsOf: DirectionsOf,
  isTrusted: boolean,
): Promise<{ readonly title: string; readonly data: PageData[PageKind] }> {
  const restricted: MaybeRestricted = isTrusted ? {} : { isRestricted: true };
  if (page.kind === 'version') {
    const data = await loadVersionPage(registry, page.state.versionId, directionsOf);
    return { title: versionTitle(data.version), data: { ...data, ...restricted } };
  }
  if (page.kind === 'model') {
    const data = await loadModelPage(registry, page.state.modelId, directionsOf, preferredMetric());
    return { title: data.model.name, data: { ...data, ...restricted } };
  }
  if (page.kind === 'graph') {
    const data = await loadGraphPage(registry, page.state.of);
    return { title: t('Lineage of {subject}', { subject: impactName(data.impact.subject) }), data };
  }
  if (page.kind === 'changes') {
    const { beforeId, afterId } = page.state;
    const data = await loadChangesPage(registry, [beforeId, afterId], directionsOf);
    return { title: changesTitle(data), data };
  }
  if (page.kind === 'plots') {
    const data = await loadPlotsPage(registry, page.state, directionsOf, preferredMetric());
    return { title: plotsTitle(data), data };
  }
  if (page.kind === 'comparison') {
    const data = await loadComparisonPage(registry, page.state.versionIds, directionsOf);
    return { title: comparisonTitle(data.versions), data: { ...data, ...restricted } };
  }
  throw new RegistryError('NOT_ON_PAGE', t('A review is read by its own panel.'));
}
