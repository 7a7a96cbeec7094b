import * as v from 'valibot';
import * as vscode from 'vscode';
import type { CommandId } from '../command-ids.ts';
import * as annotations from './annotations.ts';
import * as arranging from './arranging.ts';
import type { Command, CommandContext } from './command-context.ts';
import * as deploying from './deploying.ts';
import { evaluate } from './evaluating.ts';
import * as files from './files.ts';
import * as activity from './filtering-activity.ts';
import * as proposals from './proposals.ts';
import { registerVersion } from './registering.ts';
import { reportError } from './report-error.ts';
import { openTrainedCode } from './reproducing.ts';
import * as reviewing from './reviewing.ts';
import { openSample } from './sample.ts';
import * as setup from './setup.ts';
import * as sharing from './sharing.ts';
import * as showing from './showing.ts';
import * as space from './space.ts';
import * as stages from './stages.ts';
import * as versionFiles from './version-files.ts';

const moreSchema = v.object({ list: v.string() });

/** Lists have names of their own in each of the views, so that only the one with this list shows more. */
const showMore: Command = async ({ modelsTree, activityTree }, row) => {
  const parsed = v.safeParse(moreSchema, row);
  if (!parsed.success) return;
  modelsTree.showMore(parsed.output);
  activityTree.showMore(parsed.output);
};

const refresh: Command = async ({ registries, outputs }) => {
  await registries.relocate();
  for (const { connection } of await registries.existing()) await connection.registry.refresh();
  registries.announce();
  await outputs.rescan();
};

const showOutput: Command = async ({ log }) => log.show();

/** What a command is called in messages, and what it does. Leaving one out doesn't compile. */
const table: Readonly<Record<CommandId, readonly [what: string, run: Command]>> = {
  'modelRegistry.addNote': ['Adding the note', annotations.addNote],
  'modelRegistry.addProjectFile': ['Adding the project file', setup.addProjectFile],
  'modelRegistry.applyAgain': ['Asking again', sharing.applyAgain],
  'modelRegistry.approve': ['Approving', reviewing.approve],
  'modelRegistry.arrangeModels': ['Arranging the view', arranging.arrangeModels],
  'modelRegistry.archive': ['Archiving', stages.archive],
  'modelRegistry.clearActivityFilter': ['Ending the filter', activity.clearActivityFilter],
  'modelRegistry.clearModelFilter': ['Ending the filter', arranging.clearModelFilter],
  'modelRegistry.comment': ['Commenting', annotations.comment],
  'modelRegistry.compareFiles': ['Comparing files', versionFiles.compareFiles],
  'modelRegistry.compareVersions': ['Comparing', showing.compareVersions],
  'modelRegistry.connectStorage': ['Connecting shared storage', sharing.connectStorage],
  'modelRegistry.copyLink': ['Copying the link', versionFiles.copyLink],
  'modelRegistry.copyReference': ['Copying the reference', showing.copyReference],
  'modelRegistry.createRegistry': ['Creating the registry', setup.createRegistry],
  'modelRegistry.delete': ['Deleting', annotations.deleteVersionOrModel],
  'modelRegistry.deploy': ['Deploying', deploying.deploy],
  'modelRegistry.evaluate': ['Attaching the evaluation', evaluate],
  'modelRegistry.disconnectStorage': ['Disconnecting', sharing.disconnectStorage],
  'modelRegistry.dropRefused': ['Dropping', sharing.dropRefused],
  'modelRegistry.filterActivity': ['Filtering the activity', activity.filterActivity],
  'modelRegistry.filterModels': ['Filtering the models', arranging.filterModels],
  'modelRegistry.freeSpace': ['Freeing space', space.freeSpace],
  'modelRegistry.openFiles': ['Opening files', versionFiles.openFiles],
  'modelRegistry.openLog': ['Opening the log', showing.openLog],
  'modelRegistry.openSample': ['Opening the sample', openSample],
  'modelRegistry.openTrainedCode': ['Opening the code', openTrainedCode],
  'modelRegistry.promote': ['Promoting', stages.promote],
  'modelRegistry.rebuildCatalog': ['Rebuilding the catalog', files.rebuildCatalog],
  'modelRegistry.refuse': ['Refusing', reviewing.refuse],
  'modelRegistry.refresh': ['Refreshing', refresh],
  'modelRegistry.registerVersion': ['Registering', registerVersion],
  'modelRegistry.removeAlias': ['Removing the alias', annotations.removeAlias],
  'modelRegistry.renameModel': ['Renaming', annotations.renameModel],
  'modelRegistry.requestPromotion': ['Asking for a review', reviewing.requestPromotion],
  'modelRegistry.restoreFiles': ['Restoring', files.restoreFiles],
  'modelRegistry.review': ['Reviewing', reviewing.review],
  'modelRegistry.rollBack': ['Rolling back', stages.rollBack],
  'modelRegistry.runGates': ['Running gates', reviewing.runGates],
  'modelRegistry.search': ['Searching', showing.search],
  'modelRegistry.setAlias': ['Setting the alias', annotations.setAlias],
  'modelRegistry.shareAfterAll': ['Sharing', sharing.shareAfterAll],
  'modelRegistry.sharingMenu': ['Shared storage', sharing.sharingMenu],
  'modelRegistry.showChanges': ['Showing what changed', showing.showChanges],
  'modelRegistry.showDiskUse': ['Measuring the disk use', space.showDiskUse],
  'modelRegistry.showLineage': ['Showing the lineage', showing.showLineage],
  'modelRegistry.showModel': ['Showing the model', showing.showModel],
  'modelRegistry.showMore': ['Showing more', showMore],
  'modelRegistry.showOutput': ['Showing the output', showOutput],
  'modelRegistry.showProposal': ['Showing the policy', proposals.showProposal],
  'modelRegistry.showVersion': ['Showing the version', showing.showVersion],
  'modelRegistry.syncNow': ['Syncing', sharing.syncNow],
  'modelRegistry.takeBack': ['Taking back', sharing.takeBack],
  'modelRegistry.verify': ['Verifying', files.verify],
  'modelRegistry.webhooks': ['Changing webhooks', deploying.webhooks],
  'modelRegistry.withdrawProposal': ['Withdrawing the policy', proposals.withdrawProposal],
  'modelRegistry.withdrawRequest': ['Withdrawing the request', reviewing.withdrawRequest],
};

/** Registers every command. What goes wrong in one is told in words, with the chance to try again. */
export function registerCommands(context: CommandContext): readonly vscode.Disposable[] {
  return Object.entries(table).map(([id, [what, run]]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      const attempt = async (): Promise<void> => {
        try {
          await run(context, ...args);
        } catch (error) {
          // Not awaited: the message may stay on the screen for long.
          void reportError(context.log, what, error, attempt);
        }
      };
      await attempt();
    }),
  );
}
