import { RegistryError } from '../base/errors.ts';
import { promoteThroughGates } from '../gates/promote.ts';
import { ARCHIVED, PRODUCTION } from '../rules/policy.ts';
import { SOURCE_NAMES } from './found.ts';
import type { ImportOptions } from './import-models.ts';
import type { PlannedModel, PlannedVersion } from './plan.ts';

/** What became of a stage or an alias that the source has a version under. */
export interface StageOutcome {
  readonly model: string;
  readonly number: number;
  /** `production`, `@champion` */
  readonly to: string;
  /** `there`: it was set already. `kept`: something else was, and stays. */
  readonly outcome: 'set' | 'there' | 'kept' | 'refused';
  readonly why?: string;
}

/** A version of the source that is here. */
export interface ImportedHere {
  readonly version: PlannedVersion;
  readonly id: string;
}

/** What goes into production comes last, so that it is what was asked for last. */
const ORDER: readonly string[] = [ARCHIVED, 'staging', PRODUCTION];

/**
 * Gives versions the stages and aliases that their source has them under, like a person who promotes: through rules, policy and gates. What
 * is refused leaves the version where it is. Nothing that somebody decided here is changed: a version that was moved before, a stage that
 * another one holds, an alias that points elsewhere.
 */
export async function setStages(
  model: PlannedModel,
  imported: readonly ImportedHere[],
  options: ImportOptions,
): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = [];
  const staged = imported
    .filter(({ version }) => version.stage !== undefined)
    .toSorted((a, b) => ORDER.indexOf(a.version.stage ?? '') - ORDER.indexOf(b.version.stage ?? ''));
  for (const here of staged) outcomes.push(await setStage(model, here, options));
  const taken = new Map<string, number>();
  if (imported.some(({ version }) => (version.aliases ?? []).length > 0)) {
    const { aliases } = await options.registry.showModel({ model: model.name });
    for (const { alias, number } of aliases) taken.set(alias.toLowerCase(), number);
  }
  for (const here of imported)
    for (const alias of here.version.aliases ?? [])
      outcomes.push(await setAlias(model, here, alias, { taken, options }));
  return outcomes;
}

async function setStage(
  model: PlannedModel,
  { version, id }: ImportedHere,
  { registry, declaredOf, operation }: ImportOptions,
): Promise<StageOutcome> {
  const stage = version.stage ?? '';
  const { number, stage: present, transitions } = await registry.show({ ref: id });
  const outcome = { model: model.name, number, to: stage };
  if (present === stage) return { ...outcome, outcome: 'there' };
  if (transitions.length > 0) return { ...outcome, outcome: 'kept', why: 'it was moved here since' };
  const reason = `Imported from ${SOURCE_NAMES[model.source]}, which has version ${version.label} in ${stage}`;
  try {
    if (stage === ARCHIVED) await registry.archive({ ref: id, reason });
    else {
      const { holder, isExclusive } = await registry.gateStanding({ ref: id, stage });
      if (holder && isExclusive)
        return { ...outcome, outcome: 'kept', why: `version ${holder.number} is in ${stage} here` };
      const request = { ref: id, stage, reason, ...(isExclusive ? { expectHolder: null } : {}) };
      await promoteThroughGates(registry, request, declaredOf, operation);
    }
    return { ...outcome, outcome: 'set' };
  } catch (error) {
    return { ...outcome, ...refusedBy(error) };
  }
}

async function setAlias(
  model: PlannedModel,
  { id }: ImportedHere,
  alias: string,
  { taken, options }: { readonly taken: Map<string, number>; readonly options: ImportOptions },
): Promise<StageOutcome> {
  const { registry } = options;
  const { number } = await registry.show({ ref: id });
  const outcome = { model: model.name, number, to: `@${alias}` };
  const holder = taken.get(alias.toLowerCase());
  if (holder === number) return { ...outcome, outcome: 'there' };
  if (holder !== undefined) return { ...outcome, outcome: 'kept', why: `it is version ${holder}'s here` };
  try {
    await registry.setAlias({ model: model.name, alias, ref: id });
    taken.set(alias.toLowerCase(), number);
    return { ...outcome, outcome: 'set' };
  } catch (error) {
    return { ...outcome, ...refusedBy(error) };
  }
}

function refusedBy(error: unknown): Pick<StageOutcome, 'outcome' | 'why'> {
  if (!RegistryError.is(error) || error.code === 'OPERATION_CANCELLED') throw error;
  return { outcome: 'refused', why: error.message };
}
