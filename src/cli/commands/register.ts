import { once } from 'node:events';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { RegistryError } from '../../base/errors.ts';
import { parseMetric } from '../../lineage/values-file.ts';
import { registerDeclared } from '../../outputs/capture.ts';
import { readProject } from '../../project/project-file.ts';
import type { Metrics, Params, RegisterResult } from '../../registry/api.ts';
import { collect, keyValue, keyValues } from '../arguments.ts';
import { providersFor } from '../capture.ts';
import type { CommandContext } from '../context.ts';
import { versionJson } from '../format/json.ts';
import { headlineText } from '../format/tables.ts';
import { bytesText, labelOf, plural } from '../format/values.ts';
import type { AddCommand } from '../program.ts';
import { print, printJson, reportError, styled } from '../terminal.ts';

interface RegisterOptions {
  readonly metrics?: readonly string[];
  readonly params?: readonly string[];
  readonly data?: readonly string[];
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly base?: string;
}

/** Commands that make versions. */
export function addRegisterCommands(program: Command, add: AddCommand): void {
  add(
    program
      .command('register')
      .description('register a version from files, or from the outputs that model-registry.yaml declares')
      .argument('<model>')
      .argument('[paths...]', 'files and folders that training wrote')
      .option('--metrics <file|k=v>', 'a JSON or YAML file, or one metric; may be given several times', collect)
      .option('--params <file|k=v>', 'a JSON or YAML file, or one param; may be given several times', collect)
      .option('--data <path>', 'a file or folder that training read; may be given several times', collect)
      .option('--description <text>', 'what is special about it')
      .option('--tag <k=v>', 'may be given several times', collect)
      .option('--base <ref>', 'the model it was made from'),
    async (context, options: RegisterOptions, model: string, paths: readonly string[]) => {
      const result = paths.length === 0 ? await fromProject(context, model) : await fromPaths(context, model, paths, options);
      if (context.isJson) return printJson({ ...versionJson(result.version), isNew: result.isNew });
      reportRegistered(result);
    },
  );

  add(program.command('watch').description('register what model-registry.yaml declares, whenever it is complete, until Ctrl-C'), watch);
}

async function fromProject(context: CommandContext, name: string): Promise<RegisterResult> {
  const project = await readProject(context.cwd);
  const model = project?.models[name];
  if (!model) {
    const declared = project ? `declares ${Object.keys(project.models).join(', ') || 'no models'}` : "isn't there";
    throw new RegistryError('OUTPUTS_MISSING', `No files were named, and model-registry.yaml in ${context.cwd} ${declared}. Name the files that training wrote.`);
  }
  return context.withRegistry((registry) =>
    context.withProgress((operation) =>
      registerDeclared({ root: context.cwd, name, model, providers: providersFor(context.cwd), registry, operation }),
    ),
  );
}

async function fromPaths(
  context: CommandContext,
  model: string,
  paths: readonly string[],
  options: RegisterOptions,
): Promise<RegisterResult> {
  const providers = providersFor(context.cwd);
  const metrics = await valuesOf(context.cwd, options.metrics ?? [], providers.metrics, parseMetric);
  const params = await valuesOf(context.cwd, options.params ?? [], providers.params, (_name, text) => text);
  return context.withRegistry(async (registry) => {
    const [code, environment] = await Promise.all([providers.code(), providers.environment()]);
    const { description, base } = options;
    return context.withProgress((operation) =>
      registry.register(
        {
          model,
          paths: paths.map((path) => resolve(context.cwd, path)),
          metrics,
          params,
          tags: keyValues(options.tag ?? []),
          dataPaths: (options.data ?? []).map((path) => ({ path: shownPath(context.cwd, path), source: resolve(context.cwd, path) })),
          ...(description === undefined ? {} : { description }),
          ...(base === undefined ? {} : { base }),
          ...(code ? { code } : {}),
          ...(environment ? { environment } : {}),
        },
        operation,
      ),
    );
  });
}

/** Each item is a file of values, or one `name=value`. */
async function valuesOf<T>(
  cwd: string,
  items: readonly string[],
  read: (file: string) => Promise<Readonly<Record<string, T>>>,
  parse: (name: string, text: string) => T,
): Promise<Readonly<Record<string, T>>> {
  const values: Record<string, T> = {};
  for (const item of items) {
    if (/^[^=/\\]+=/.test(item)) {
      const [name, text] = keyValue(item);
      values[name] = parse(name, text);
    } else Object.assign(values, await read(resolve(cwd, item)));
  }
  return values satisfies Metrics | Params | Record<string, T>;
}

/** A path below the folder is recorded relative to it, so that no home folder gets into the log. */
function shownPath(cwd: string, path: string): string {
  const inside = relative(cwd, resolve(cwd, path)).replaceAll('\\', '/');
  return inside.startsWith('..') || isAbsolute(inside) ? (inside.split('/').at(-1) ?? inside) : inside;
}

function reportRegistered({ version, isNew, production }: RegisterResult): void {
  const metric = headlineText(version);
  const facts = `${plural(version.artifact.fileCount, 'file')}, ${bytesText(version.artifact.sizeBytes)}${metric === '' ? '' : `, ${metric}`}`;
  if (isNew) print(`${styled('green', `Registered ${labelOf(version)}`)}: ${facts}`);
  else print(`These files are ${labelOf(version)} already: ${facts}`);
  if (production) print(`In production is ${labelOf(production)}${headlineText(production) === '' ? '' : `: ${headlineText(production)}`}`);
}

async function watch(context: CommandContext): Promise<void> {
  const project = await readProject(context.cwd);
  if (!project) {
    throw new RegistryError('PROJECT_FILE_MISSING', `There is no model-registry.yaml in ${context.cwd}. Write one that names the outputs to watch.`);
  }
  const { watchOutputs } = await import('../../outputs/watcher.ts');
  await context.withRegistry(async (registry) => {
    const watcher = watchOutputs({
      root: context.cwd,
      project,
      registry: async () => registry,
      providers: providersFor(context.cwd),
      onRegistered: (result) => (context.isJson ? process.stderr.write(`${labelOf(result.version)}\n`) : reportRegistered(result)),
      onProblem: (error) => reportError(error, context.isJson),
    });
    try {
      await watcher.rescan();
      if (!context.isJson) print(`Watching the outputs of ${Object.keys(project.models).join(', ')}. Stop with Ctrl-C.`);
      if (!context.signal.aborted) await once(context.signal, 'abort');
    } finally {
      await watcher.dispose();
    }
  }, 'auto');
  if (context.isJson) printJson({ watched: Object.keys(project.models) });
}
