import { resolve } from 'node:path';
import { RegistryError } from '../base/errors.ts';
import { recordedPath } from '../base/inside.ts';
import { registerDeclared } from '../outputs/capture.ts';
import { dataPlacesOf } from '../outputs/data-places.ts';
import { refuseUnreadable } from '../project/refused-models.ts';
import { refusalOfSection } from '../project/unusable-sections.ts';
import type { DataPlace, RegisterResult } from '../registry/api/registering.ts';
import type { Registry } from '../registry/api/registry.ts';
import { dataAt, isAddress } from '../registry/data/address.ts';
import { parseMetric } from '../runs/values-file.ts';
import { keyValue, tagValues } from './arguments.ts';
import { providersFor } from './capture.ts';
import type { CommandContext } from './context.ts';
import { versionJson } from './format/json.ts';
import { registeredText } from './format/registered.ts';
import { labelOf } from './format/values.ts';
import { tellMissedGates } from './missed-gates.ts';
import { findProject, projectAround } from './project-root.ts';
import { print, printJson, reportLeftOut } from './terminal.ts';

export interface RegisterOptions {
  readonly metrics?: readonly string[];
  readonly params?: readonly string[];
  readonly data?: readonly string[];
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly base?: string;
}

/** `register`: a version from the files that were named, or from what the project file declares. */
export async function registerVersion(
  context: CommandContext,
  options: RegisterOptions,
  model: string,
  paths: readonly string[],
): Promise<void> {
  const result =
    paths.length === 0 ? await fromProject(context, options, model) : await fromPaths(context, options, model, paths);
  if (context.isJson) printJson({ ...versionJson(result.version), isNew: result.isNew });
  else print(registeredText(result));
}

async function fromProject(context: CommandContext, options: RegisterOptions, name: string): Promise<RegisterResult> {
  const given = Object.keys(options).map((option) => `--${option}`);
  if (given.length > 0) {
    throw new RegistryError(
      'ARGUMENT_INVALID',
      `${given.join(', ')} can't be used without files: what belongs to the declared outputs is in model-registry.yaml. Name the files of ${name} too, or leave the options out.`,
    );
  }
  const { root, project } = await findProject(context.cwd);
  refuseUnreadable(project, name);
  for (const section of project.unusable ?? []) reportLeftOut(refusalOfSection(section), context.isJson);
  const model = Object.hasOwn(project.models, name) ? project.models[name] : undefined;
  if (!model) {
    const declared = Object.keys(project.models).join(', ') || 'no models';
    throw new RegistryError(
      'OUTPUTS_MISSING',
      `model-registry.yaml in ${root} doesn't declare ${name}, but ${declared}. Add it there, or name the files that training wrote.`,
    );
  }
  return context.withRegistry((registry) =>
    context.withProgress((operation) =>
      registerDeclared({
        ...{ root, name, model, project, registry, operation },
        providers: providersFor(root),
        onLeftOut: (problem) => reportLeftOut(problem, context.isJson),
      }),
    ),
  );
}

async function fromPaths(
  context: CommandContext,
  options: RegisterOptions,
  model: string,
  paths: readonly string[],
): Promise<RegisterResult> {
  const { cwd } = context;
  const { description, base } = options;
  const providers = providersFor(cwd);
  const metrics = await valuesOf(cwd, options.metrics ?? [], providers.metrics, parseMetric);
  const params = await valuesOf(cwd, options.params ?? [], providers.params, (_name, text) => text);
  const tags = tagValues(options.tag ?? []);
  const data = options.data
    ? options.data.map((path) =>
        isAddress(path) ? { path } : { path: shownPath(cwd, path), source: resolve(cwd, path) },
      )
    : await declaredData(context, model);
  return context.withRegistry(async (registry) => {
    const [code, environment] = await Promise.all([providers.code(model), providers.environment()]);
    const circumstances = await providers.circumstances?.({ code, environment });
    const result = await context.withProgress((operation) =>
      registry.register(
        {
          model,
          paths: paths.map((path) => resolve(cwd, path)),
          folder: cwd,
          metrics,
          params,
          tags,
          dataPaths: data,
          ...(description === undefined ? {} : { description }),
          ...(base === undefined ? {} : { base }),
          ...(code ? { code } : {}),
          ...(environment ? { environment } : {}),
          ...circumstances,
        },
        operation,
      ),
    );
    await tellMissedGates(context, registry, result.version.model);
    if (result.isNew) await tellUnreadValues(context, options, model);
    else {
      tellOtherMetrics(context, result);
      await tellUnrecordedData(context, registry, result.version.id, options.data ?? []);
    }
    return result;
  });
}

/** What the project says that training reads, for whoever names the files but not the data. A project that can't be read is no reason not to register. */
async function declaredData({ cwd, isJson }: CommandContext, name: string): Promise<readonly DataPlace[]> {
  const around = await projectAround(cwd).catch(() => undefined);
  const models = around?.project.models;
  const model = models && Object.hasOwn(models, name) ? models[name] : undefined;
  if (!around || !model) return [];
  const { places, leftOut } = await dataPlacesOf(around.root, model.data);
  for (const { problem } of leftOut) reportLeftOut(problem, isJson);
  return places;
}

/** Files that somebody names may be of any training: the metrics and params that lie about aren't taken for theirs. */
async function tellUnreadValues(context: CommandContext, { metrics, params }: RegisterOptions, name: string) {
  const model = (await projectAround(context.cwd).catch(() => undefined))?.project.models;
  const declared = model && Object.hasOwn(model, name) ? model[name] : undefined;
  const unread = [
    ...(metrics === undefined && declared && declared.metrics.length > 0 ? ['metrics'] : []),
    ...(params === undefined && declared && declared.params.length > 0 ? ['params'] : []),
  ];
  if (unread.length === 0) return;
  const named = unread.map((what) => `--${what}`).join(' and ');
  const advice =
    declared?.outputs.length === 0
      ? `Name them with ${named}.`
      : `Name them with ${named}, or register what is declared: model-registry register ${name}.`;
  const problem = new RegistryError(
    'VALUES_NOT_READ',
    `The files were named, so the ${unread.join(' and ')} that model-registry.yaml declares for ${name} weren't read: they may be another training's. ${advice}`,
  );
  reportLeftOut(problem, context.isJson);
}

/** A version that was registered before keeps its metrics, too: others were measured at another time. */
function tellOtherMetrics({ isJson }: CommandContext, { version, otherMetrics = [] }: RegisterResult): void {
  if (otherMetrics.length === 0) return;
  const label = labelOf(version);
  const problem = new RegistryError(
    'METRICS_NOT_RECORDED',
    `${label} has these files already, with other values of ${otherMetrics.join(', ')}, and metrics of a version don't change, so none of these were added. To keep both, add them as an evaluation: model-registry evaluate ${label} --dataset NAME --metrics FILE.`,
  );
  reportLeftOut(problem, isJson);
}

/** A version that was registered before keeps its lineage: data that was named only now isn't in it. */
async function tellUnrecordedData(
  { cwd, isJson }: CommandContext,
  registry: Registry,
  id: string,
  given: readonly string[],
): Promise<void> {
  if (given.length === 0) return;
  const version = await registry.show({ ref: id });
  const known = new Set(version.lineage.data.map(({ path }) => path));
  const named = await Promise.all(
    given.map(async (path) => (isAddress(path) ? (await dataAt(path, process.env)).path : shownPath(cwd, path))),
  );
  const left = named.filter((path) => !known.has(path) && !known.has(path.replace(/\.dvc$/, '')));
  if (left.length === 0) return;
  const label = labelOf(version);
  const problem = new RegistryError(
    'DATA_NOT_RECORDED',
    `${label} has these files already, and the lineage of a version doesn't change, so ${left.join(', ')} isn't recorded as its data. Note it instead: model-registry note ${label} "Trained on ${left.join(', ')}". To have it in the lineage, name it with --data when the next training is registered, or declare it in model-registry.yaml.`,
  );
  reportLeftOut(problem, isJson);
}

/** Each item is a file of values, or one `name=value`. */
async function valuesOf<T>(
  cwd: string,
  items: readonly string[],
  read: (file: string) => Promise<Readonly<Record<string, T>>>,
  parse: (name: string, text: string) => T,
): Promise<Readonly<Record<string, T>>> {
  const values: [string, T][] = [];
  for (const item of items) {
    if (/^[^=/\\]+=/.test(item)) {
      const [name, text] = keyValue(item);
      values.push([name, parse(name, text)]);
    } else values.push(...Object.entries(await read(resolve(cwd, item))));
  }
  return Object.fromEntries(values);
}

/** How a path that was given in a folder is recorded. */
export function shownPath(cwd: string, path: string): string {
  return recordedPath(cwd, resolve(cwd, path));
}
