import { RegistryError } from '../base/errors.ts';
import { importedFrom } from '../base/imported-from.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import type { RegistryCalls } from '../registry/methods.ts';
import { PRODUCTION } from '../rules/policy.ts';
import { type FoundModel, type FoundVersion, SOURCE_NAMES, type Survey } from './found.ts';

const PAGE = 500;

/** A version with what is known of it here. */
export interface PlannedVersion extends FoundVersion {
  /** The version that it was imported as before. */
  readonly known?: { readonly id: string; readonly number: number };
}

export interface PlannedModel extends Omit<FoundModel, 'versions'> {
  /** It is imported. */
  readonly isPicked: boolean;
  /** A model of this name is here, and the versions join it. */
  readonly joins?: { readonly versions: number };
  readonly versions: readonly PlannedVersion[];
}

/** What an import would do, for a person to look at before anything is written. */
export interface ImportPlan {
  readonly models: readonly PlannedModel[];
  readonly problems: readonly string[];
}

export interface PlanOptions {
  /** Only these; else what was registered there, and where nothing was, everything. */
  readonly names?: readonly string[];
  /** The same by what tells models of one name in several sources apart (`keyOf`). */
  readonly keys?: readonly string[];
  /** Undefined where there is none yet. */
  readonly registry?: Pick<RegistryCalls, 'showModel' | 'listVersions'>;
}

/** Puts what was found beside what is here. Throws `IMPORT_UNKNOWN` for a name that wasn't found. */
export async function planImport(survey: Survey, { names, keys, registry }: PlanOptions): Promise<ImportPlan> {
  const unknown = names?.find((name) => !survey.models.some((model) => isSame(model.name, name)));
  if (unknown !== undefined) {
    const found = [...new Set(survey.models.map(({ name }) => name))].slice(0, 20).join(', ');
    throw new RegistryError(
      'IMPORT_UNKNOWN',
      `Nothing here is called ${unknown}${found === '' ? '' : `, but ${found}`}. \`model-registry import --dry-run\` shows what is found. Nothing was changed.`,
    );
  }
  const problems = [...survey.problems];
  const models: PlannedModel[] = [];
  for (const model of survey.models) {
    const here = registry && (await versionsHere(registry, model.name));
    const isAlone = !survey.models.some(({ source, isRegistered }) => source === model.source && isRegistered);
    models.push({
      ...model,
      isPicked:
        keys?.includes(keyOf(model)) ??
        names?.some((name) => isSame(model.name, name)) ??
        (model.isRegistered || isAlone),
      ...(here ? { joins: { versions: here.versions } } : {}),
      versions: withOneInProduction(model, problems).map((version) => {
        const known = here?.byOrigin.get(version.origin ?? '')?.find((other) => isOfRun(other, version));
        return known ? { ...version, known: { id: known.id, number: known.number } } : version;
      }),
    });
  }
  return { models, problems };
}

/** What tells a model of a survey from all others of it. */
export function keyOf({ source, place, name }: FoundModel | PlannedModel): string {
  return JSON.stringify([source, place, name]);
}

/** What is still to be imported of a model. */
export function newVersionsOf({ isPicked, versions }: PlannedModel): readonly PlannedVersion[] {
  return isPicked ? versions.filter(({ known, problem }) => known === undefined && problem === undefined) : [];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Two stores can have a version 3 of the same model. */
function isOfRun({ runId }: VersionSummary, { run }: FoundVersion): boolean {
  return runId === undefined || run?.id === undefined || runId === run.id;
}

interface Here {
  readonly versions: number;
  readonly byOrigin: ReadonlyMap<string, readonly VersionSummary[]>;
}

async function versionsHere(registry: NonNullable<PlanOptions['registry']>, model: string): Promise<Here | undefined> {
  const found = await registry.showModel({ model }).catch((error: unknown) => {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND')) return undefined;
    throw error;
  });
  if (!found) return undefined;
  const byOrigin = new Map<string, VersionSummary[]>();
  let cursor: string | undefined;
  do {
    const page = await registry.listVersions({
      model: found.id,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const version of page.items) {
      const origin = importedFrom(version);
      if (origin === undefined) continue;
      const same = byOrigin.get(origin);
      if (same) same.push(version);
      else byOrigin.set(origin, [version]);
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return { versions: found.versions, byOrigin };
}

/** Others allow several versions in production; here it is one. */
function withOneInProduction({ name, source, versions }: FoundModel, problems: string[]): readonly FoundVersion[] {
  const inProduction = versions.filter(({ stage, problem }) => stage === PRODUCTION && problem === undefined);
  const newest = inProduction.at(-1);
  if (!newest || inProduction.length === 1) return versions;
  problems.push(
    `${SOURCE_NAMES[source]} has ${inProduction.length} versions of ${name} in production: only the newest, ${newest.label}, is proposed for it`,
  );
  return versions.map((version) => {
    if (version.stage !== PRODUCTION || version === newest) return version;
    const { stage, ...others } = version;
    return others;
  });
}
