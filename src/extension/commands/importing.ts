import * as vscode from 'vscode';
import { t, tCount } from '../../base/language.ts';
import { sizeText } from '../../base/size.ts';
import type { ImportOverview, ModelOverview } from '../../importing/overview.ts';
import type { ImportSummary } from '../../workers/import-messages.ts';
import { importRoots } from '../importing/import-sources.ts';
import { modelDescription, modelDetail, sourceName, summaryLines, summaryText } from '../importing/import-text.ts';
import { inform } from '../notify.ts';
import { pickMany, pickOne } from '../prompts/pick.ts';
import type { Place, Reply } from '../prompts/steps.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { withProgress } from '../status/progress.ts';
import { NAME_IN_LIST, oneLine, shortName } from '../version-text.ts';
import type { Command, CommandContext } from './command-context.ts';
import { mayWrite } from './may-write.ts';

/** Imports what MLflow, DVC, W&B or Hugging Face keep in a folder of the window. Makes the registry where there is none yet. */
export const importModels: Command = async (context, argument) => {
  if (!(await mayWrite())) return;
  const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (roots.length === 0) {
    await inform(t('Models are imported from the folder of a project. Open one first.'));
    return;
  }
  const asked = argument instanceof vscode.Uri ? vscode.workspace.getWorkspaceFolder(argument) : undefined;
  const ending = new AbortController();
  const first = asked ?? (roots.length === 1 ? roots[0] : undefined);
  // Nobody waits any more for what is still being looked through when the questions are over.
  const choice = await ask(context, first, { roots, signal: ending.signal }).finally(() => ending.abort());
  if (!choice) return;
  const { root, registry, keys, withStages } = choice;
  const work = { title: t('Importing models'), isCancellable: true };
  const summary = await withProgress(context.activity, work, (operation) =>
    registry.connection.importModels({ root: root.uri.fsPath, keys, withStages }, operation),
  );
  await context.registries.relocate();
  context.registries.announce(registry.dir);
  await importRoots();
  await tell(context, registry.dir, summary);
};

interface ImportChoice {
  readonly root: vscode.WorkspaceFolder;
  readonly registry: WorkspaceRegistry;
  readonly keys: readonly string[];
  readonly withStages: boolean;
}

/** Which folder, where there are several, which models, and whether with their stages; back and forth. */
async function ask(
  context: CommandContext,
  known: vscode.WorkspaceFolder | undefined,
  { roots, signal }: { readonly roots: readonly vscode.WorkspaceFolder[]; readonly signal: AbortSignal },
): Promise<ImportChoice | undefined> {
  const first = known ? 2 : 1;
  const place = (step: number): Place => ({ title: t('Import Models'), step: step - first + 1, totalSteps: 4 - first });
  let root = known;
  let step = first;
  let looked: Promise<Looked> | undefined;
  let models: readonly ModelOverview[] = [];
  for (;;) {
    if (step === 1) {
      const reply = await askRoot(place(1), roots);
      if (reply.kind !== 'given') return undefined;
      [root, looked, step] = [reply.value, undefined, 2];
    }
    if (!root) return undefined;
    looked ??= lookThrough(context, root, signal);
    if (step === 2) {
      const reply = await askModels(place(2), looked);
      if (reply.kind === 'cancelled') return undefined;
      if (reply.kind === 'back') step = 1;
      else [models, step] = [reply.value, 3];
      continue;
    }
    const reply = await askStages(place(3), models);
    if (reply.kind === 'cancelled') return undefined;
    if (reply.kind === 'back') {
      step = 2;
      continue;
    }
    const { registry } = await looked;
    return { root, registry, keys: models.map(({ key }) => key), withStages: reply.value };
  }
}

interface Looked {
  readonly registry: WorkspaceRegistry;
  readonly overview: ImportOverview;
}

async function lookThrough(
  { registries, log }: CommandContext,
  root: vscode.WorkspaceFolder,
  signal: AbortSignal,
): Promise<Looked> {
  const registry = await registries.byRoot(root);
  if (!registry) throw new Error(t('The folder of the registry can’t be used.'));
  const overview = await registry.connection.planImport(root.uri.fsPath, { signal });
  for (const problem of overview.problems) log.warn(`Import from ${root.name}: ${problem}`);
  return { registry, overview };
}

function askRoot(place: Place, roots: readonly vscode.WorkspaceFolder[]): Promise<Reply<vscode.WorkspaceFolder>> {
  return pickOne({
    place,
    placeholder: t('From which folder?'),
    nothing: '',
    choices: roots.map((root) => ({ value: root, label: root.name, description: root.uri.fsPath })),
  });
}

/** Everything that was found, with what would be imported unless the person says otherwise. */
function askModels(place: Place, looked: Promise<Looked>): Promise<Reply<readonly ModelOverview[]>> {
  const nothing = t('Nothing to import: no models of MLflow, DVC, W&B or Hugging Face, and no model files');
  return pickMany({
    place,
    placeholder: t('Which models? Nothing is changed yet.'),
    nothing,
    choices: looked.then(({ overview }) =>
      overview.models.map((model) => ({
        value: model,
        label: shortName(model.name, NAME_IN_LIST),
        description: modelDescription(model),
        detail: modelDetail(model, overview.models),
        isPicked: model.isPicked && model.newVersions > 0,
      })),
    ),
    check: (count) => (count === 0 ? t('Pick at least one model.') : undefined),
  });
}

function askStages(place: Place, models: readonly ModelOverview[]): Promise<Reply<boolean>> {
  const versions = models.reduce((sum, { newVersions }) => sum + newVersions, 0);
  const bytes = models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const stages = models.flatMap(({ name, stages: own }) =>
    own.map(({ label, to }) => `${oneLine(name, 40)} ${oneLine(label, 20)}: ${oneLine(to, 40)}`),
  );
  const sources = [...new Set(models.map(({ source }) => sourceName(source)))].join(', ');
  return pickOne({
    place,
    placeholder: t('How? Files, runs, metrics, params and texts are taken over from {sources}.', { sources }),
    nothing: '',
    choices: [
      {
        value: false,
        label: tCount(versions, 'Import {count} version', 'Import {count} versions'),
        description: sizeText(bytes),
        detail: t('As candidates: stages stay for you to decide'),
      },
      ...(stages.length === 0
        ? []
        : [
            {
              value: true,
              label: t('Import, with stages and aliases'),
              description: stages.slice(0, 5).join(', '),
              detail: t('Each as a promotion with a reason, where rules and gates let it through'),
            },
          ]),
    ],
  });
}

async function tell({ log }: CommandContext, registryDir: string, summary: ImportSummary): Promise<void> {
  const lines = summaryLines(summary);
  for (const line of lines) log.warn(`Import: ${line}`);
  const [show, details] = [t('Show'), t('Details')];
  const { firstModelId } = summary;
  const buttons = [...(firstModelId === undefined ? [] : [show]), ...(lines.length === 0 ? [] : [details])];
  const chosen = await inform(summaryText(summary), ...buttons);
  if (chosen === details) log.show();
  else if (chosen === show)
    await vscode.commands.executeCommand('modelRegistry.showModel', { registryDir, modelId: firstModelId });
}
