import { t } from '../../base/language.ts';
import { headlineMetric } from '../../base/metrics.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { PlotsPageData } from '../messages/page-data.ts';
import type { PlotsPageState } from '../messages/page-states.ts';
import type { DirectionsOf } from './page-data.ts';

/** All that the page of many versions shows. Throws what the registry throws. */
export async function loadPlotsPage(
  registry: RegistryCalls,
  { modelId, of }: PlotsPageState,
  directionsOf: DirectionsOf,
  preferred: string | undefined,
): Promise<PlotsPageData> {
  const columns = await registry.columns({ model: modelId, of });
  const declared = await directionsOf(columns.model);
  // Of metrics that few have, the one that tells most would show next to nothing.
  const most = Math.max(0, ...columns.metrics.map(measured));
  const common = columns.metrics.filter((column) => measured(column) * 2 >= most);
  const names = Object.fromEntries(common.map(({ name }) => [name, 0]));
  const metric = headlineMetric(names, { preferred, declared })?.name;
  return {
    columns,
    isList: of.kind === 'ids',
    ...(of.kind === 'search' && of.query.trim() !== '' ? { query: of.query } : {}),
    ...(declared ? { declared } : {}),
    ...(metric === undefined ? {} : { metric }),
  };
}

function measured({ values }: PlotsPageData['columns']['metrics'][number]): number {
  return values.filter((value) => value !== null).length;
}

export function plotsTitle({ columns }: PlotsPageData): string {
  return t('Plots of {model}', { model: columns.model });
}
