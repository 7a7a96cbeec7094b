import type { SourceKind } from './found.ts';
import { type ImportPlan, keyOf, newVersionsOf, type PlannedModel } from './plan.ts';

const NAMED = 5;

/** A model of a plan in short, for a list to choose from. Plain data, however many versions there are. */
export interface ModelOverview {
  readonly key: string;
  readonly name: string;
  readonly source: SourceKind;
  readonly place: string;
  readonly isPicked: boolean;
  readonly isRegistered: boolean;
  /** How many versions the model has here, where there is one of this name. */
  readonly joins?: number;
  readonly newVersions: number;
  readonly knownVersions: number;
  readonly sizeBytes: number;
  /** The times of the first and the last new version, where they are known. */
  readonly firstAt?: string;
  readonly lastAt?: string;
  /** What new versions would be set to, `production`, `@champion`, by what the source calls them. */
  readonly stages: readonly { readonly label: string; readonly to: string }[];
  /** How many can't be imported, and why, of some. */
  readonly failedCount: number;
  readonly failed: readonly { readonly label: string; readonly why: string }[];
}

export interface ImportOverview {
  readonly models: readonly ModelOverview[];
  readonly problems: readonly string[];
}

/** Everything that could be imported, in short. */
export function overviewOf({ models, problems }: ImportPlan): ImportOverview {
  return { models: models.map(overviewOfModel), problems };
}

function overviewOfModel(model: PlannedModel): ModelOverview {
  const { name, source, place, isPicked, isRegistered, joins, versions } = model;
  const wanted = newVersionsOf({ ...model, isPicked: true });
  const failed = versions.flatMap(({ label, problem, known }) =>
    problem === undefined || known ? [] : [{ label, why: problem }],
  );
  const times = wanted.flatMap(({ at }) => (at === undefined ? [] : [at])).sort();
  const [firstAt, lastAt] = [times[0], times.at(-1)];
  const stages = versions.flatMap(({ label, stage, aliases = [], problem }) =>
    problem === undefined
      ? [...(stage === undefined ? [] : [stage]), ...aliases.map((alias) => `@${alias}`)].map((to) => ({ label, to }))
      : [],
  );
  return {
    ...{ key: keyOf(model), name, source, place, isPicked, isRegistered },
    ...(joins ? { joins: joins.versions } : {}),
    newVersions: wanted.length,
    knownVersions: versions.filter(({ known }) => known !== undefined).length,
    sizeBytes: wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    stages: stages.slice(-NAMED),
    failedCount: failed.length,
    failed: failed.slice(0, NAMED),
  };
}
