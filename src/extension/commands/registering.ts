import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { isSameModel, MODEL_NAME_PATTERN, modelNameFrom } from '../../project/model-name.ts';
import type { Project } from '../../project/project-schema.ts';
import type { RegisterResult } from '../../registry/api/registering.ts';
import { inform } from '../notify.ts';
import { askText } from '../prompts/input.ts';
import { type Choice, pickOne } from '../prompts/pick.ts';
import type { Place, Reply } from '../prompts/steps.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { withProgress } from '../status/progress.ts';
import { tellRegistered } from '../watching/registered-message.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';

interface Registration {
  readonly root: vscode.WorkspaceFolder;
  readonly registry: WorkspaceRegistry;
  readonly project: Project | undefined;
}

/**
 * Registers what the project file declares, or files that are chosen, with the metrics and params beside them. Makes the registry
 * where there is none yet.
 */
export const registerVersion: Command = async (context, argument, selected) => {
  if (!(await mayWrite())) return;
  const files = urisOf(argument, selected);
  const registration = await whereToRegister(context, files[0]);
  if (!registration) return;
  const result = await ask(context, registration, files);
  if (!result) return;
  await context.registries.relocate();
  await tellRegistered({ registryDir: registration.registry.dir, result });
};

/** Files of the explorer: the one whose menu it was, and all that are selected. */
function urisOf(argument: unknown, selected: unknown): readonly vscode.Uri[] {
  const all: readonly unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  return all.filter((entry) => entry instanceof vscode.Uri).filter(({ scheme }) => scheme === 'file');
}

async function whereToRegister(
  { registries }: CommandContext,
  file: vscode.Uri | undefined,
): Promise<Registration | undefined> {
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (roots.length === 0) {
    await inform(t('A version is registered from the folder of a project. Open one first.'));
    return undefined;
  }
  const ofFile = file && vscode.workspace.getWorkspaceFolder(file);
  const reply: Reply<vscode.WorkspaceFolder> =
    ofFile !== undefined
      ? { kind: 'given', value: ofFile }
      : await pickUnlessOne(
          { title: registerTitle(), step: 1, totalSteps: 1 },
          t('From which folder?'),
          roots.map((root) => ({ value: root, label: root.name, description: root.uri.fsPath })),
        );
  if (reply.kind !== 'given') return undefined;
  const registry = await registries.byRoot(reply.value);
  if (!registry) return undefined;
  return { root: reply.value, registry, project: await registry.connection.project(reply.value.uri.fsPath) };
}

const registerTitle = (): string => t('Register a Version');
const NEW_MODEL = Symbol('a new model');
const DECLARED = Symbol('what the project file declares');

async function ask(
  context: CommandContext,
  registration: Registration,
  chosen: readonly vscode.Uri[],
): Promise<RegisterResult | undefined> {
  const model = await askModel(registration);
  if (model === undefined) return undefined;
  const { root, registry, project } = registration;
  const paths =
    chosen.length > 0
      ? chosen.map(({ fsPath }) => fsPath)
      : await askFiles(root, (project?.models[model]?.outputs.length ?? 0) > 0);
  if (paths === undefined) return undefined;
  const work = { title: t('Registering {model}', { model }), isCancellable: true };
  const { connection } = registry;
  if (paths === DECLARED) {
    return withProgress(context.activity, work, (operation) =>
      connection.registerDeclared(root.uri.fsPath, model, operation),
    );
  }
  const metricsFile = await askValuesFile(root, 'metrics', 3);
  if (metricsFile.kind !== 'given') return undefined;
  const paramsFile = await askValuesFile(root, 'params', 4);
  if (paramsFile.kind !== 'given') return undefined;
  const { metrics, params } = await connection.readValues({ metrics: metricsFile.value, params: paramsFile.value });
  return withProgress(context.activity, work, async (operation) => {
    if (!registry.exists) await connection.make();
    const { code, environment, ...around } = await connection.lineage(root.uri.fsPath, model);
    const lineage = { ...around, ...(code ? { code } : {}), ...(environment ? { environment } : {}) };
    return connection.registry.register(
      { model, paths, folder: root.uri.fsPath, metrics, params, ...lineage },
      operation,
    );
  });
}

/** A declared model, one of the registry, or a new name. */
async function askModel({ registry, root, project }: Registration): Promise<string | undefined> {
  const declared = Object.keys(project?.models ?? {});
  const known = registry.exists ? (await registry.connection.registry.listModels({ limit: 1000 })).items : [];
  const others = known.map(({ name }) => name).filter((name) => !declared.includes(name));
  const place = { title: registerTitle(), step: 1, totalSteps: 4 };
  if (declared.length + others.length > 0) {
    const reply = await pickOne<string | typeof NEW_MODEL>({
      place,
      placeholder: t('Of which model?'),
      nothing: '',
      choices: [
        ...declared.map((name) => ({ value: name, label: name, description: t('declared in model-registry.yaml') })),
        ...others.map((name) => ({ value: name, label: name })),
        { value: NEW_MODEL, label: t('New model…'), icon: new vscode.ThemeIcon('add') },
      ],
    });
    if (reply.kind !== 'given') return undefined;
    if (typeof reply.value === 'string') return reply.value;
  }
  const offered = modelNameFrom(root.name);
  const isTaken = [...declared, ...others].some((name) => isSameModel(name, offered));
  const name = await askText({
    place,
    prompt: t('Name of the new model: letters, digits, dots, underscores and hyphens.'),
    // Selected: Enter takes it, and typing replaces it.
    ...(isTaken ? {} : { value: offered }),
    placeholder: 'fraud-detector',
    check: (text) => (text === '' ? t('Write a name, for example fraud-detector.') : undefined),
    checkTyped: (text) =>
      text === '' || MODEL_NAME_PATTERN.test(text)
        ? undefined
        : t('A name has 1 to 128 letters, digits, dots, underscores and hyphens, and begins with a letter or digit.'),
  });
  return name.kind === 'given' ? name.value : undefined;
}

async function askFiles(
  root: vscode.WorkspaceFolder,
  isDeclared: boolean,
): Promise<readonly string[] | typeof DECLARED | undefined> {
  const choices: Choice<'declared' | 'files' | 'folder'>[] = [
    { value: 'files', label: t('Files…'), icon: new vscode.ThemeIcon('file') },
    { value: 'folder', label: t('A folder…'), icon: new vscode.ThemeIcon('folder') },
  ];
  if (isDeclared) {
    const description = t('with their metrics, params and data');
    choices.unshift({
      value: 'declared',
      label: t('The outputs that model-registry.yaml declares'),
      description,
      icon: new vscode.ThemeIcon('checklist'),
    });
  }
  const reply = await pickOne({
    place: { title: registerTitle(), step: 2, totalSteps: isDeclared ? 2 : 4 },
    placeholder: t('Which files make up the version?'),
    nothing: '',
    choices,
  });
  if (reply.kind !== 'given') return undefined;
  if (reply.value === 'declared') return DECLARED;
  const isFolder = reply.value === 'folder';
  const uris = await vscode.window.showOpenDialog({
    canSelectFiles: !isFolder,
    canSelectFolders: isFolder,
    canSelectMany: !isFolder,
    defaultUri: root.uri,
    openLabel: t('Register'),
    title: t('Which files make up the version?'),
  });
  return uris?.map(({ fsPath }) => fsPath);
}

/** A file with the values: those of the usual names are offered. */
async function askValuesFile(
  root: vscode.WorkspaceFolder,
  kind: 'metrics' | 'params',
  step: number,
): Promise<Reply<readonly string[]>> {
  const pattern = new vscode.RelativePattern(
    root,
    kind === 'metrics'
      ? '**/*{metrics,results,scores}*.{json,yaml,yml,toml,csv,tsv}'
      : '**/*{params,config,hparams}*.{json,yaml,yml,toml}',
  );
  const found = vscode.workspace.findFiles(pattern, '**/{node_modules,.venv,venv,site-packages}/**', 30);
  const browse = Symbol('another file');
  const reply = await pickOne<readonly string[] | typeof browse>({
    place: { title: registerTitle(), step, totalSteps: 4 },
    placeholder: t('A JSON, YAML, TOML or CSV file with the {kind} of the run', { kind }),
    nothing: '',
    choices: Promise.resolve(found).then((uris) => [
      { value: [], label: t('No {kind}', { kind }), icon: new vscode.ThemeIcon('circle-slash') },
      ...uris.map(({ fsPath }) => valuesChoice(root, fsPath)).sort((a, b) => a.label.localeCompare(b.label)),
      { value: browse, label: t('Another file…'), icon: new vscode.ThemeIcon('folder-opened') },
    ]),
  });
  if (reply.kind !== 'given') return reply;
  if (typeof reply.value !== 'symbol') return { kind: 'given', value: reply.value };
  const uris = await vscode.window.showOpenDialog({
    defaultUri: root.uri,
    openLabel: t('Use'),
    title: t('File with the {kind}', { kind }),
  });
  return uris ? { kind: 'given', value: uris.map(({ fsPath }) => fsPath) } : { kind: 'cancelled' };
}

function valuesChoice(root: vscode.WorkspaceFolder, file: string): Choice<readonly string[]> {
  const shown = relative(root.uri.fsPath, file).split(sep).join('/');
  return { value: [file], label: basename(file), description: shown, icon: new vscode.ThemeIcon('json') };
}

async function pickUnlessOne<T>(place: Place, placeholder: string, choices: readonly Choice<T>[]): Promise<Reply<T>> {
  const [only] = choices;
  if (only !== undefined && choices.length === 1) return { kind: 'given', value: only.value };
  return pickOne({ place, placeholder, nothing: '', choices });
}
