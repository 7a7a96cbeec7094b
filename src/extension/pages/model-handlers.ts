import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { headlineMetric } from '../../base/metrics.ts';
import type { RegistryCalls } from '../../registry/methods.ts';
import type { RequestHandlers } from '../messages/answers.ts';
import type { ModelPageData, PageKind } from '../messages/page-data.ts';
import type { ModelPageState } from '../messages/page-states.ts';
import type { ModelAction } from '../messages/requests.ts';
import type { NOTHING_OF_MODELS } from './not-on-page.ts';
import type { DirectionsOf } from './page-data.ts';

const PRODUCTION = 'production';
/** Stages that say nothing of what serves. */
const QUIET_STAGES = ['candidate', 'archived'];
/** So many times in a stage are drawn and listed at first. */
const TENURES = 100;
const LISTED = 50;

const commandOf: Readonly<Record<ModelAction, string>> = {
  rollBack: 'modelRegistry.rollBack',
  comment: 'modelRegistry.comment',
  openLog: 'modelRegistry.openLog',
  renameModel: 'modelRegistry.renameModel',
  describeModel: 'modelRegistry.describeModel',
  editTags: 'modelRegistry.editTags',
  copyLink: 'modelRegistry.copyLink',
  plotVersions: 'modelRegistry.plotVersions',
};

/** All that the page of a model shows at first. Throws what the registry throws. */
export async function loadModelPage(
  registry: RegistryCalls,
  modelId: string,
  directionsOf: DirectionsOf,
  preferred: string | undefined,
): Promise<ModelPageData> {
  const model = await registry.overview({ model: modelId });
  const declared = await directionsOf(model.name);
  const metric = firstMetric(model, preferred, declared);
  const stage = historyStage(model.stages.map(({ name }) => name));
  const [plot, tenures] = await Promise.all([
    metric === undefined ? undefined : registry.plot({ model: modelId, metric, across: { kind: 'number' } }),
    registry.tenures({ model: modelId, stage, limit: TENURES }),
  ]);
  return {
    model,
    ...(declared ? { declared } : {}),
    ...(metric === undefined ? {} : { metric }),
    ...(plot ? { plot } : {}),
    stage,
    tenures,
  };
}

/** The one that the person prefers, where any version has it; else the one that tells most about the newest version, else about any. */
function firstMetric(
  { latestMetrics, metricNames }: ModelPageData['model'],
  preferred: string | undefined,
  declared: ModelPageData['declared'],
): string | undefined {
  if (preferred !== undefined && metricNames.includes(preferred)) return preferred;
  const any = Object.fromEntries(metricNames.map((name) => [name, 0]));
  return (headlineMetric(latestMetrics, { declared }) ?? headlineMetric(any, { declared }))?.name;
}

function historyStage(stages: readonly string[]): string {
  if (stages.includes(PRODUCTION)) return PRODUCTION;
  return stages.filter((name) => !QUIET_STAGES.includes(name)).at(-1) ?? stages.at(-1) ?? PRODUCTION;
}

/** Answers what only the page of a model asks. */
export function modelHandlers(
  { registryDir, modelId }: ModelPageState,
  registryFor: (registryDir: string) => Promise<RegistryCalls>,
  start: (command: string, target: { readonly registryDir: string; readonly modelId: string }) => void,
): Pick<RequestHandlers<PageKind>, keyof typeof NOTHING_OF_MODELS> {
  return {
    actOnModel: async ({ action }) => start(commandOf[action], { registryDir, modelId }),
    plot: async (request) => (await registryFor(registryDir)).plot({ ...request, model: modelId }),
    plotted: async (request) => (await registryFor(registryDir)).plotted({ ...request, model: modelId, limit: LISTED }),
    tenures: async (request) => {
      if (QUIET_STAGES.includes(request.stage))
        throw new RegistryError(
          'STAGE_QUIET',
          t('What was in {stage} when isn’t kept as a history.', { stage: request.stage }),
        );
      return (await registryFor(registryDir)).tenures({ ...request, model: modelId, limit: TENURES });
    },
    glance: async ({ number }) => {
      const registry = await registryFor(registryDir);
      // Lists go by numbers: the first one before the next number is the version itself, unless it is gone.
      const { items } = await registry.listVersions({ model: modelId, cursor: String(number + 1), limit: 1 });
      const version = items.find((item) => item.number === number);
      return version ? { version } : {};
    },
    heldAt: async ({ time }) => (await registryFor(registryDir)).at({ time, model: modelId }),
  };
}
