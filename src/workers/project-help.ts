import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { formatMetric } from '../base/metrics.ts';
import type { ModelDetails, Vocabulary } from '../catalog/read-models/models.ts';
import type { VersionSummary } from '../catalog/read-models/versions.ts';
import { declaredIn } from '../gates/declared.ts';
import { evaluateGates } from '../gates/evaluate-gates.ts';
import { meantModel, sectionsWithGates } from '../gates/missed-gates.ts';
import { isWaiting } from '../gates/of-people.ts';
import { registeredOutputs } from '../outputs/registered-outputs.ts';
import { wordsAt } from '../project/keys-in-project.ts';
import { type NamedAt, type NamePlace, nameAt, namesIn } from '../project/names-in-project.ts';
import { nearestKey } from '../project/nearest-key.ts';
import { parseProject } from '../project/parse-project.ts';
import { readProject } from '../project/project-file.ts';
import { PROJECT_FILE } from '../project/project-file-name.ts';
import type { Project } from '../project/project-schema.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { GatesNow, NameCompletions, NameHover, UnknownName } from './project-messages.ts';

const textSchema = v.object({ text: v.string() });
const gatesSchema = v.object({ text: v.string(), root: v.string() });
const rootSchema = v.object({ root: v.string() });
const placeSchema = v.object({ text: v.string(), offset: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

const MAX_MODELS = 1000;
/** Stages whose gates are evaluated for one file: whoever has more of them looks at the command line. */
const MAX_STAGES = 60;
const MAX_UNKNOWN = 100;
const MAX_SHOWN = 12;
/** Names that are offered in the place of one. */
const MAX_OFFERED = 5;

/** What the registry knows of a model that a project file names. */
interface Known {
  readonly model: ModelDetails;
  readonly words: Vocabulary;
}

/** What the registry's thread answers while somebody writes a project file; undefined for other questions. Without a registry it knows nothing. */
export async function answerAboutProject(
  registry: () => Promise<Registry>,
  name: string,
  args: unknown,
): Promise<{ readonly value: unknown } | undefined> {
  switch (name) {
    case 'projectCompletions': {
      const { text, offset } = v.parse(placeSchema, args);
      const found = orNothing(async () => completions(await registry(), text, offset), withoutRegistry(text, offset));
      return { value: await found };
    }
    case 'projectHover': {
      const { text, offset } = v.parse(placeSchema, args);
      return { value: await orNothing(async () => hover(await registry(), text, offset), undefined) };
    }
    // What the file itself can have, there is without a registry, too.
    case 'projectWords': {
      const { text, offset } = v.parse(placeSchema, args);
      return { value: wordsAt(text, offset) };
    }
    case 'projectGates': {
      const { text, root } = v.parse(gatesSchema, args);
      return { value: await orNothing(async () => gatesNow(await registry(), text, root), []) };
    }
    case 'projectUnknowns': {
      const { text } = v.parse(textSchema, args);
      return { value: await orNothing(async () => unknownNames(await registry(), text), []) };
    }
    case 'registeredOutputs': {
      const { root } = v.parse(rootSchema, args);
      const look = async () => {
        const project = await readProject(root);
        return project ? registeredOutputs(await registry(), root, project) : [];
      };
      return { value: await orNothing(look, []) };
    }
    default:
      return undefined;
  }
}

async function orNothing<T>(task: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await task();
  } catch (error) {
    // No registry yet, or none that can be read: whoever asks for one is told why.
    if (RegistryError.is(error)) return nothing;
    throw error;
  }
}

async function completions(registry: Registry, text: string, offset: number): Promise<NameCompletions | undefined> {
  const place = nameAt(text, offset);
  if (!place) return undefined;
  const names = await candidates(registry, place, text);
  if (names.length === 0) return undefined;
  return { start: place.start, end: place.end, kind: place.kind, names };
}

/** Stages that every model has are known before there is a registry. */
function withoutRegistry(text: string, offset: number): NameCompletions | undefined {
  const place = nameAt(text, offset);
  if (place?.kind !== 'stage') return undefined;
  const { start, end, kind } = place;
  return { start, end, kind, names: stageNames(DEFAULT_STAGES) };
}

function stageNames(stages: readonly { readonly name: string }[]): NameCompletions['names'] {
  return stages.flatMap(({ name }) => (name === 'candidate' ? [] : [{ name, detail: 'stage' }]));
}

async function candidates(registry: Registry, place: NamePlace, text: string): Promise<NameCompletions['names']> {
  if (place.kind === 'model') {
    const { items } = await registry.listModels({ limit: MAX_MODELS });
    const declared = new Set(namesIn(text).flatMap(({ kind, name }) => (kind === 'model' ? [name] : [])));
    return items
      .filter(({ name }) => !declared.has(name))
      .map(({ name, latest }) => ({ name, detail: latest ? `newest version: ${latest.number}` : 'no versions yet' }));
  }
  const known = await knownOf(registry, place.model);
  switch (place.kind) {
    case 'stage':
      return stageNames(known?.model.stages ?? DEFAULT_STAGES);
    case 'metric':
      return (known?.words.metrics ?? []).map((name) => ({ name, detail: valuesText(known, name) }));
    case 'dataset':
      return (known?.words.datasets ?? []).map((name) => ({ name, detail: 'dataset of an evaluation' }));
    case 'slice':
      return (known?.words.slices ?? []).map((name) => ({ name, detail: 'slice of an evaluation' }));
  }
}

const DEFAULT_STAGES = [{ name: 'staging' }, { name: 'production' }, { name: 'archived' }];

/** As much of it as its name takes. */
function named(version: VersionSummary | undefined): NameHover['version'] {
  if (!version) return undefined;
  const { id, model, number, pending } = version;
  return { id, model, number, pending };
}

async function hover(registry: Registry, text: string, offset: number): Promise<NameHover | undefined> {
  const place = nameAt(text, offset);
  if (!place || place.name === '') return undefined;
  const known = await knownOf(registry, place.kind === 'model' ? place.name : place.model);
  if (!known) return undefined;
  const { model, words } = known;
  const { start, end, name } = place;
  const { latest, production } = model;
  switch (place.kind) {
    case 'model': {
      const lines = [
        `${model.versions} ${model.versions === 1 ? 'version' : 'versions'}`,
        latest ? `newest: ${latest.number} (${latest.stage})` : '',
        production ? `in production: ${production.number}` : 'none in production',
      ];
      return {
        start,
        end,
        title: model.name,
        lines: lines.filter((line) => line !== ''),
        version: named(production ?? latest),
      };
    }
    case 'metric': {
      if (!words.metrics.includes(name)) return undefined;
      const values = [valueLine('newest', latest, name), valueLine('in production', production, name)];
      const lines = values.filter((line) => line !== undefined);
      return { start, end, title: `${name} of ${model.name}`, lines, version: named(latest ?? production) };
    }
    case 'stage': {
      const { items } = await registry.listVersions({ model: model.id, stage: name, limit: MAX_SHOWN + 1 });
      const numbers = items.slice(0, MAX_SHOWN).map(({ number }) => number);
      const more = items.length > MAX_SHOWN ? ' and more' : '';
      const line = items.length === 0 ? 'no version is there now' : `versions there now: ${numbers.join(', ')}${more}`;
      return { start, end, title: `${name} of ${model.name}`, lines: [line], version: named(items[0]) };
    }
    case 'dataset':
    case 'slice':
      return undefined;
  }
}

function valueLine(what: string, version: ModelDetails['latest'], metric: string): string | undefined {
  const value = version && Object.hasOwn(version.metrics, metric) ? version.metrics[metric] : undefined;
  return version && value !== undefined ? `${what} (version ${version.number}): ${formatMetric(value)}` : undefined;
}

function valuesText(known: Known | undefined, metric: string): string {
  const { latest, production } = known?.model ?? {};
  const lines = [valueLine('newest', latest, metric), valueLine('in production', production, metric)];
  return lines.filter((line) => line !== undefined).join(', ');
}

/** What the gates of the file say now of each model's newest version, for each stage that it isn't in. Commands don't run. */
async function gatesNow(registry: Registry, text: string, root: string): Promise<readonly GatesNow[]> {
  const project = projectOf(text);
  if (!project) return [];
  const found: GatesNow[] = [];
  const stages = namesIn(text).filter(({ kind }) => kind === 'stage');
  for (const place of stages) {
    if (found.length >= MAX_STAGES) break;
    const gates = await gatesAt(registry, { project, root }, place);
    if (gates) found.push(gates);
  }
  return found;
}

async function gatesAt(
  registry: Registry,
  at: { readonly project: Project; readonly root: string },
  place: NamedAt,
): Promise<GatesNow | undefined> {
  const { model = '', name: stage, line, column } = place;
  const declared = declaredIn(at, model).gates;
  // The stage that a gate compares with is a name, too.
  if (!declared || !Object.hasOwn(declared, stage) || place.stage !== undefined) return undefined;
  try {
    const { items } = await registry.listVersions({ model, limit: 1 });
    const [newest] = items;
    if (!newest) return undefined;
    const { standing, results } = await evaluateGates(registry, { ref: newest.id, stage }, (name) =>
      declaredIn(at, name),
    );
    return {
      ...{ line, column, model, stage, versionId: newest.id, number: newest.number },
      isThere: standing.kind === 'none',
      results: results.flatMap((result) => {
        const { title, required, outcome, measured, why, unknownStage } = result;
        if (unknownStage !== undefined) return [];
        return {
          ...{ title, required, outcome, measured, isWaiting: isWaiting(result, standing.approvals) },
          ...(why === undefined ? {} : { why }),
        };
      }),
      unknownStages: results.flatMap(({ unknownStage: name, why = '' }) => (name === undefined ? [] : [{ name, why }])),
    };
  } catch (error) {
    // Of a model that isn't registered yet, or a stage that there isn't, the problems tell.
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}

/** Names in the file that the registry doesn't have: nothing could ever fulfil a gate on them. */
async function unknownNames(registry: Registry, text: string): Promise<readonly UnknownName[]> {
  const project = projectOf(text);
  if (!project) return [];
  const known = new Map<string, Known | undefined>();
  let models: readonly string[] | undefined;
  const found: UnknownName[] = [];
  for (const place of namesIn(text)) {
    const { kind, name, model, line, column } = place;
    if (kind === 'model' && found.length < MAX_UNKNOWN && !(await isModel(registry, name))) {
      models ??= (await registry.listModels({ limit: MAX_MODELS })).items.map((item) => item.name);
      const meant = meantModel(project, name, models);
      if (meant !== undefined) found.push({ line, column, ...misspelt(project, name, meant) });
    }
    if (model === undefined || found.length >= MAX_UNKNOWN) continue;
    if (!known.has(model)) known.set(model, await knownOf(registry, model));
    const unknown = unknownAt(place, known.get(model));
    if (unknown) found.push({ line, column, ...unknown });
  }
  return found;
}

/** Also by a name that it had: then gates hold on to it. */
async function isModel(registry: Registry, model: string): Promise<boolean> {
  try {
    return (await registry.showModel({ model })) !== undefined;
  } catch (error) {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND') || RegistryError.is(error, 'MODEL_NAME_INVALID')) return false;
    throw error;
  }
}

function misspelt(project: Project, name: string, meant: string): Pick<UnknownName, 'message' | 'meant'> {
  return {
    message: sectionsWithGates(project).includes(name)
      ? `There is no model "${name}" in the registry, so its gates hold nothing up. Did you mean "${meant}"?`
      : `There is no model "${name}" in the registry yet. Did you mean "${meant}"?`,
    meant: { word: name, names: [meant], isNear: true },
  };
}

function unknownAt(
  { kind, name, stage }: NamedAt,
  known: Known | undefined,
): Pick<UnknownName, 'message' | 'meant' | 'holdsUp'> | undefined {
  if (!known) return undefined;
  const { model, words } = known;
  const listed = (names: readonly string[]) =>
    names.length > MAX_SHOWN ? `${names.slice(0, MAX_SHOWN).join(', ')} …` : names.join(', ');
  const unlike = (what: string, names: readonly string[]) => {
    const nearest = nearestKey(name, [...names]);
    const advice = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    const others = names.filter((other) => other !== nearest);
    return {
      message: `${what}.${advice} Known here: ${names.length === 0 ? 'none' : listed(names)}.`,
      meant: {
        word: name,
        names: [...(nearest === undefined ? [] : [nearest]), ...others].slice(0, MAX_OFFERED),
        isNear: nearest !== undefined,
      },
    };
  };
  const whose = words.isAll
    ? `No version of ${model.name}`
    : `None of the newest ${words.versions} versions of ${model.name}`;
  switch (kind) {
    case 'stage': {
      const names = model.stages.map((rule) => rule.name);
      // While a gate names it, no version of the model is promoted.
      return names.includes(name)
        ? undefined
        : { ...unlike(`${model.name} has no stage "${name}"`, names), holdsUp: true };
    }
    case 'metric': {
      // A pattern stands for several, and where nothing was measured yet, nothing is wrong.
      if (name.includes('*') || words.metrics.length === 0) return undefined;
      // A gate means exactly this one; a direction is that of the metric in every group.
      const isKnown = words.metrics.some(
        (metric) =>
          metric === name ||
          (stage === undefined && /[./]/.test(metric.at(-name.length - 1) ?? '') && metric.endsWith(name)),
      );
      return isKnown ? undefined : unlike(`${whose} has a metric "${name}"`, words.metrics);
    }
    case 'dataset':
      if (words.datasets.length === 0 || words.datasets.includes(name)) return undefined;
      return unlike(`${whose} was evaluated on "${name}"`, words.datasets);
    case 'slice':
      if (words.slices.length === 0 || words.slices.includes(name)) return undefined;
      return unlike(`${whose} was evaluated on the slice "${name}"`, words.slices);
    case 'model':
      return undefined;
  }
}

async function knownOf(registry: Registry, model: string | undefined): Promise<Known | undefined> {
  if (model === undefined || model === '') return undefined;
  try {
    const details = await registry.showModel({ model });
    return { model: details, words: await registry.vocabulary({ model: details.id }) };
  } catch (error) {
    if (RegistryError.is(error, 'MODEL_NOT_FOUND') || RegistryError.is(error, 'MODEL_NAME_INVALID')) return undefined;
    throw error;
  }
}

/** Undefined for a file that can't be used: its own problems tell why. */
function projectOf(text: string): Project | undefined {
  try {
    return parseProject(text, PROJECT_FILE);
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
