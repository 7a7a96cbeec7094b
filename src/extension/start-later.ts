import type * as vscode from 'vscode';
import { messageOf } from '../base/errors.ts';
import type { Deployments } from './after/deployments.ts';
import { keepUpAll } from './after/keep-up.ts';
import { tellFollowUps } from './after/tell-follow-ups.ts';
import type { WebhookSecrets } from './after/webhook-secrets.ts';
import { continueTraining } from './commands/trained-code.ts';
import { OutputDecorations } from './file-system/output-decorations.ts';
import { ImportOffers } from './importing/import-offers.ts';
import { warmUp } from './pages/warm-up.ts';
import { ProjectDiagnostics } from './project/project-diagnostics.ts';
import type { ProjectFiles } from './project/project-files.ts';
import type { Registries } from './registries/registries.ts';
import type { ReviewList } from './reviews/review-list.ts';
import { showSample } from './sample/first-look.ts';
import { offerRemotes } from './sharing/offer-remotes.ts';
import type { TrustedRemotes } from './sharing/trusted-remotes.ts';
import type { Activity } from './status/activity.ts';
import { followPresence } from './status/presence.ts';
import type { StatusBar } from './status/status-bar.ts';
import { CommandsWatch } from './watching/commands-watch.ts';
import { followOthers } from './watching/follow-others.ts';
import { ModelOffers } from './watching/model-offers.ts';
import { OfferMarks } from './watching/offer-marks.ts';
import type { OutputsWatch } from './watching/outputs-watch.ts';

interface Started {
  readonly context: vscode.ExtensionContext;
  readonly registries: Registries;
  readonly projectFiles: ProjectFiles;
  readonly outputs: OutputsWatch;
  readonly activity: Activity;
  readonly deployments: Deployments;
  readonly webhookSecrets: WebhookSecrets;
  readonly remotes: TrustedRemotes;
  readonly statusBar: StatusBar;
  readonly reviewList: ReviewList;
  readonly views: readonly vscode.TreeView<unknown>[];
  readonly log: vscode.LogOutputChannel;
}

/** What goes on by itself and reads files: watching, offers, warnings, decorations, what follows transitions. */
export function startLater(started: Started): readonly vscode.Disposable[] {
  const { context, registries, projectFiles, outputs, activity, deployments, log } = started;
  const { webhookSecrets, remotes, statusBar, reviewList, views } = started;
  projectFiles.watch();
  const commands = new CommandsWatch();
  const marks = new OfferMarks(context.globalStorageUri.fsPath);
  const begun = Promise.all([statusBar.update(), outputs.updateAll(), reviewList.update()]);
  void showSample(context.globalState, log);
  begun.catch((error: unknown) => log.error(messageOf(error)));
  return [
    commands,
    new ModelOffers({ registries, projectFiles, commands, activity, marks, log }),
    new ImportOffers({ registries, marks, log }),
    new ProjectDiagnostics(projectFiles, registries, log),
    new OutputDecorations({ registries, projectFiles, log }),
    projectFiles.onDidChange(() => void reviewList.update()),
    followPresence(registries),
    followOthers({ registries, outputs, commands, views, log }),
    continueTraining(context.globalState, log),
    keepUpAll({ registries, projectFiles, deployments, secrets: webhookSecrets, log }),
    tellFollowUps({ registries, projectFiles, secrets: webhookSecrets, activity, log }),
    warmUp({ registries, log }),
    offerRemotes({ registries, projectFiles, remotes, log }),
  ];
}
