import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../base/errors.ts';
import { speak } from '../base/language.ts';
import { tellWith } from '../base/retold.ts';
import { activityView } from './activity/activity-view.ts';
import { Deployments } from './after/deployments.ts';
import { WebhookSecrets } from './after/webhook-secrets.ts';
import { languageModelTools } from './agents/language-model-tools.ts';
import { mcpServers } from './agents/mcp-servers.ts';
import { showProposals } from './agents/proposals.ts';
import { provideCards } from './card/card-files.ts';
import { ChangedCode } from './code/changed-code.ts';
import { provideSourceDocuments } from './code/source-documents.ts';
import { registerCommands } from './commands/register-commands.ts';
import { tellMoved } from './commands/tell-moved.ts';
import { coreTexts, editorLanguage } from './editor-language.ts';
import { provideVersionFiles } from './file-system/version-file-system.ts';
import { VersionRegistries } from './file-system/version-registries.ts';
import { handleLinks } from './links/link-handler.ts';
import { LogDocuments } from './log/log-document.ts';
import { showModelFiles } from './model-files/model-files-later.ts';
import { versionsForProduction } from './models-tree/drag-and-drop.ts';
import { modelsView } from './models-tree/models-view.ts';
import { pagesLater } from './pages/pages-later.ts';
import { ProductionTree } from './production/production-tree.ts';
import { ProjectFiles } from './project/project-files.ts';
import { helpWithKeys } from './project/project-keys.ts';
import { ProjectLanguage } from './project/project-language.ts';
import { explainReferences } from './references/reference-hovers.ts';
import { Registries } from './registries/registries.ts';
import { provideProposals } from './reviews/proposal-documents.ts';
import { ReviewList } from './reviews/review-list.ts';
import { Reviews } from './reviews/reviews.ts';
import { ReviewsTree } from './reviews/reviews-tree.ts';
import { tellRequested } from './reviews/tell-requested.ts';
import { tellReviews } from './reviews/tell-reviews.ts';
import { rowsAtOnce } from './rows-at-once.ts';
import { followCacheSetting } from './sharing/cache-setting.ts';
import { Credentials } from './sharing/credentials.ts';
import { SharedStates } from './sharing/shared-states.ts';
import { SharingStatus } from './sharing/sharing-status.ts';
import { SharingTree } from './sharing/sharing-tree.ts';
import { tellSharing } from './sharing/tell-sharing.ts';
import { TrustedRemotes } from './sharing/trusted-remotes.ts';
import { Activity } from './status/activity.ts';
import { StatusBar } from './status/status-bar.ts';
import { offerCommandLine } from './terminal/terminal-path.ts';
import type { ViewId } from './view-ids.ts';
import { OutputsWatch } from './watching/outputs-watch.ts';

let open: Registries | undefined;

/** Puts the parts together. No registry is opened before this has returned. */
export function activate(context: vscode.ExtensionContext): void {
  speak(editorLanguage());
  tellWith(coreTexts());
  const log = vscode.window.createOutputChannel('Model Registry', { log: true });
  const workerFile = join(context.extensionPath, 'dist', 'worker.js');
  const registries = new Registries({ workerFile, log });
  open = registries;
  const activity = new Activity();
  const projectFiles = new ProjectFiles();
  const outputs = new OutputsWatch({ registries, projectFiles, activity, log });
  const { extensionUri } = context;
  const runCommand = async (id: string, ...args: readonly unknown[]) => vscode.commands.executeCommand(id, ...args);
  const reviews = new Reviews({
    registries,
    activity,
    onMoved: (dir, result) => void tellMoved({ log, pages, registries }, dir, result),
    onRequested: (state, text) => tellRequested({ pages, log }, state, text),
  });
  const pages = pagesLater({
    extensionUri,
    registryFor: (dir) => registries.callsFor(dir),
    directionsFor: (dir, model) => registries.directionsFor(dir, model),
    changedCode: new ChangedCode(registries),
    reviews,
    isTrusted: () => vscode.workspace.isTrusted,
    memory: context.workspaceState,
    runCommand,
    log,
  });
  const models = modelsView({ registries, state: context.workspaceState, runCommand, log });
  const happened = activityView(registries, log);
  const deployments = new Deployments({ registries, activity, log });
  const productionTree = new ProductionTree(registries, deployments, log);
  const views = [
    vscode.window.createTreeView('modelRegistry.production' satisfies ViewId, {
      treeDataProvider: productionTree,
      dragAndDropController: versionsForProduction(runCommand),
    }),
    models.view,
    happened.view,
  ];
  const reviewList = new ReviewList(registries, log);
  const reviewsView = vscode.window.createTreeView('modelRegistry.reviews' satisfies ViewId, {
    treeDataProvider: new ReviewsTree(reviewList),
  });
  const versions = new VersionRegistries(registries);
  const statusBar = new StatusBar(registries, deployments, activity);
  const webhookSecrets = new WebhookSecrets(context.secrets);
  const credentials = new Credentials(context);
  const sharedStates = new SharedStates(registries);
  const sharingTree = new SharingTree(registries, sharedStates, log);
  const sharingView = vscode.window.createTreeView('modelRegistry.sharing' satisfies ViewId, {
    treeDataProvider: sharingTree,
  });
  const remotes = new TrustedRemotes(context.globalState);
  context.subscriptions.push(
    log,
    registries,
    activity,
    projectFiles,
    deployments,
    webhookSecrets,
    outputs,
    reviews,
    reviewList,
    reviewsView,
    provideProposals(registries),
    tellReviews({ list: reviewList, view: reviewsView, state: context.globalState, log }),
    pages,
    ...models.subscriptions,
    ...happened.subscriptions,
    productionTree,
    ...views,
    ...[...views, reviewsView, sharingView].map(rowsAtOnce),
    statusBar,
    new LogDocuments(registries),
    provideVersionFiles(versions),
    provideCards({ versions, onDidChange: registries.onDidChange }),
    handleLinks({ registries, pages }),
    explainReferences(registries),
    new ProjectLanguage(projectFiles, registries),
    helpWithKeys(projectFiles, registries),
    provideSourceDocuments((dir) => registries.codeOf(dir)),
    showModelFiles({ extensionUri, workerFile, versions, runCommand, log }),
    sharedStates,
    sharingTree,
    sharingView,
    new SharingStatus(sharedStates),
    followCacheSetting({ registries, states: sharedStates, log }),
    tellSharing({ registries, states: sharedStates, view: sharingView, credentials, log }),
    registries.onDidChange((dir) => pages.refresh(dir)),
    reviews.onDidChange((dir) => pages.refresh(dir, 'review')),
    // What gates ask for may be another thing now.
    projectFiles.onDidChange(() => pages.refresh()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => pages.refresh()),
    languageModelTools({ registries, propose: showProposals({ pages, log }) }),
    mcpServers({ registries, extension: context.extension }),
    ...registerCommands({
      ...{ registries, pages, reviews, outputs, activity, credentials, sharedStates, webhookSecrets, log },
      ...{ modelsTree: models.tree, activityTree: happened.tree, selectedModels: () => models.view.selection },
      state: context.globalState,
      extensionId: context.extension.id,
      extensionPath: context.extensionPath,
    }),
  );
  offerCommandLine(context, log);
  // The rest reads files, which nobody waits for.
  const later = setImmediate(() => {
    import('./start-later.ts')
      .then(({ startLater }) => {
        context.subscriptions.push(
          ...startLater({
            ...{ context, registries, projectFiles, outputs, activity, deployments },
            ...{ webhookSecrets, remotes, statusBar, reviewList, views, log },
          }),
        );
      })
      .catch((error: unknown) => log.error(messageOf(error)));
  });
  context.subscriptions.push(new vscode.Disposable(() => clearImmediate(later)));
}

/** Lets the threads finish what they do. */
export async function deactivate(): Promise<void> {
  await open?.close();
}
