import type { Registry } from '../src/registry/api/registry.ts';
import { modelCountFor, modelName, pick, randomSource, rareWord } from './content.ts';

/** One question after another, each time another one. `list`, `show` and so on are what a person does with the command line or a tree. */
export interface Queries {
  readonly [name: string]: (index: number) => Promise<unknown>;
}

const PAGE = 50;

/** The questions that are timed, over a registry of `versions` versions. */
export function queriesOver(registry: Registry, versions: number): Queries {
  const random = randomSource(7);
  const models = modelCountFor(versions);
  const someModel = () => modelName(Math.floor(random() * models));
  const someVersion = () => `${someModel()}@${1 + Math.floor(random() * Math.floor(versions / models))}`;
  const search = (query: string) => registry.search({ query, limit: PAGE });
  const listPages = listPagesOf(registry, someModel, random);
  const textQueries = [
    () => pick(['baseline', 'retrained', 'threshold', 'nightly'], random),
    () => rareWord(Math.floor(random() * Math.min(1000, versions))),
    () => `${pick(['quantised', 'calibrated'], random)} ${rareWord(Math.floor(random() * Math.min(1000, versions)))}`,
    () => `calibrated window ${pick(['export', 'review'], random)}`,
    () => `model:${someModel()} ${pick(['dropout', 'sampling'], random)}`,
    () => 'thisWordStandsNowhere',
  ];
  const metricQueries = [
    () => `auc>${(0.7 + random() * 0.28).toFixed(4)}`,
    () => 'auc>0.9899',
    () => `loss<${(0.01 + random() * 0.05).toFixed(4)} auc>0.98`,
    () => `model:${someModel()} val.auc>=${(0.8 + random() * 0.15).toFixed(4)}`,
    () => `stage:production f1>${(0.5 + random() * 0.45).toFixed(3)}`,
    () => 'auc>2',
  ];
  const filterQueries = [
    () => `tag:sweep=sweep-${Math.floor((random() * versions) / 50)}`,
    () => `param:seed=${Math.floor(random() * versions)}`,
    () => `model:${someModel()} tag:team=risk`,
    () => 'stage:production',
    () => `alias:champion model:${someModel()}`,
  ];
  const nth = (queries: readonly (() => string)[], index: number) =>
    search(queries[index % queries.length]?.() ?? 'baseline');
  return {
    'list page': listPages,
    show: () => registry.show({ ref: someVersion() }),
    'full-text search': (index) => nth(textQueries, index),
    'metric search': (index) => nth(metricQueries, index),
    'search by tag, param, stage': (index) => nth(filterQueries, index),
    'history of a model': () => registry.log({ model: someModel(), limit: PAGE }),
    'list of models': () => registry.listModels({ limit: PAGE }),
    'what is in production': () => registry.production(),
  };
}

/** Pages of one model, of all, of a stage; the first as often as the ones behind it. */
function listPagesOf(
  registry: Registry,
  someModel: () => string,
  random: () => number,
): (index: number) => Promise<unknown> {
  let cursor: string | undefined;
  let ofModel: string | undefined;
  return async (index) => {
    if (index % 4 === 0) {
      ofModel = index % 8 === 0 ? someModel() : undefined;
      cursor = undefined;
    }
    if (index % 4 === 3)
      return registry.listVersions({
        model: someModel(),
        stage: pick(['production', 'staging', 'archived', 'candidate'], random),
        limit: PAGE,
      });
    const page = await registry.listVersions({
      ...(ofModel === undefined ? {} : { model: ofModel }),
      ...(cursor === undefined ? {} : { cursor }),
      limit: PAGE,
    });
    cursor = page.next;
    return page;
  };
}
