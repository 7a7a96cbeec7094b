import * as v from 'valibot';
import { t } from '../../base/language.ts';
import type { CommandId } from '../command-ids.ts';
import * as annotations from './annotations.ts';
import * as arranging from './arranging.ts';
import * as cards from './cards.ts';
import type { Command } from './command-context.ts';
import { connectStorage } from './connecting.ts';
import * as deploying from './deploying.ts';
import { evaluate } from './evaluating.ts';
import * as files from './files.ts';
import * as activity from './filtering-activity.ts';
import { importModels } from './importing.ts';
import { copyLink } from './links.ts';
import { insertLoadSnippet } from './loading.ts';
import { showOutputVersion } from './outputs.ts';
import { plotVersions } from './plotting.ts';
import * as proposals from './proposals.ts';
import { registerVersion } from './registering.ts';
import { openTrainedCode } from './reproducing.ts';
import * as reviewing from './reviewing.ts';
import { openSample } from './sample.ts';
import * as setup from './setup.ts';
import * as sharedWork from './shared-work.ts';
import * as sharing from './sharing.ts';
import * as showing from './showing.ts';
import * as space from './space.ts';
import * as stages from './stages.ts';
import { editTags } from './tags.ts';
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

/** What each command is called in messages, and what it does. Leaving one out doesn't compile. */
export const commandTable = (): Readonly<Record<CommandId, readonly [what: string, run: Command]>> => ({
  'modelRegistry.addNote': [t('Adding the note'), annotations.addNote],
  'modelRegistry.addProjectFile': [t('Adding the project file'), setup.addProjectFile],
  'modelRegistry.applyAgain': [t('Asking again'), sharedWork.applyAgain],
  'modelRegistry.approve': [t('Approving'), reviewing.approve],
  'modelRegistry.arrangeModels': [t('Arranging the view'), arranging.arrangeModels],
  'modelRegistry.archive': [t('Archiving'), stages.archive],
  'modelRegistry.clearActivityFilter': [t('Ending the filter'), activity.clearActivityFilter],
  'modelRegistry.clearModelFilter': [t('Ending the filter'), arranging.clearModelFilter],
  'modelRegistry.comment': [t('Commenting'), annotations.comment],
  'modelRegistry.compareFiles': [t('Comparing files'), versionFiles.compareFiles],
  'modelRegistry.compareVersions': [t('Comparing'), showing.compareVersions],
  'modelRegistry.connectStorage': [t('Connecting shared storage'), connectStorage],
  'modelRegistry.copyLink': [t('Copying the link'), copyLink],
  'modelRegistry.copyReference': [t('Copying the reference'), showing.copyReference],
  'modelRegistry.createRegistry': [t('Creating the registry'), setup.createRegistry],
  'modelRegistry.delete': [t('Deleting'), annotations.deleteVersionOrModel],
  'modelRegistry.deploy': [t('Deploying'), deploying.deploy],
  'modelRegistry.describeModel': [t('Describing the model'), annotations.describeModel],
  'modelRegistry.editTags': [t('Changing tags'), editTags],
  'modelRegistry.editCard': [t('Opening the model card'), cards.editCard],
  'modelRegistry.evaluate': [t('Attaching the evaluation'), evaluate],
  'modelRegistry.disconnectStorage': [t('Disconnecting'), sharing.disconnectStorage],
  'modelRegistry.dropRefused': [t('Dropping'), sharedWork.dropRefused],
  'modelRegistry.exportCard': [t('Exporting the model card'), cards.exportCard],
  'modelRegistry.filterActivity': [t('Filtering the activity'), activity.filterActivity],
  'modelRegistry.filterModels': [t('Filtering the models'), arranging.filterModels],
  'modelRegistry.freeSpace': [t('Freeing space'), space.freeSpace],
  'modelRegistry.importModels': [t('Importing models'), importModels],
  'modelRegistry.insertLoadSnippet': [t('Inserting the code'), insertLoadSnippet],
  'modelRegistry.openFiles': [t('Opening files'), versionFiles.openFiles],
  'modelRegistry.openLog': [t('Opening the log'), showing.openLog],
  'modelRegistry.openSample': [t('Opening the sample'), openSample],
  'modelRegistry.openTrainedCode': [t('Opening the code'), openTrainedCode],
  'modelRegistry.plotVersions': [t('Drawing the versions'), plotVersions],
  'modelRegistry.promote': [t('Promoting'), stages.promote],
  'modelRegistry.rebuildCatalog': [t('Rebuilding the catalog'), files.rebuildCatalog],
  'modelRegistry.refuse': [t('Refusing'), reviewing.refuse],
  'modelRegistry.refresh': [t('Refreshing'), refresh],
  'modelRegistry.registerVersion': [t('Registering'), registerVersion],
  'modelRegistry.removeAlias': [t('Removing the alias'), annotations.removeAlias],
  'modelRegistry.renameModel': [t('Renaming'), annotations.renameModel],
  'modelRegistry.requestPromotion': [t('Asking for a review'), reviewing.requestPromotion],
  'modelRegistry.restoreFiles': [t('Restoring'), files.restoreFiles],
  'modelRegistry.review': [t('Reviewing'), reviewing.review],
  'modelRegistry.rollBack': [t('Rolling back'), stages.rollBack],
  'modelRegistry.runGates': [t('Running gates'), reviewing.runGates],
  'modelRegistry.saveFile': [t('Saving the file'), versionFiles.saveFile],
  'modelRegistry.search': [t('Searching'), showing.search],
  'modelRegistry.setAlias': [t('Setting the alias'), annotations.setAlias],
  'modelRegistry.shareAfterAll': [t('Sharing'), sharedWork.shareAfterAll],
  'modelRegistry.sharingMenu': [t('Shared storage'), sharing.sharingMenu],
  'modelRegistry.showChanges': [t('Showing what changed'), showing.showChanges],
  'modelRegistry.showDiskUse': [t('Measuring the disk use'), space.showDiskUse],
  'modelRegistry.showLineage': [t('Showing the lineage'), showing.showLineage],
  'modelRegistry.showModel': [t('Showing the model'), showing.showModel],
  'modelRegistry.showMore': [t('Showing more'), showMore],
  'modelRegistry.showOutput': [t('Showing the output'), showOutput],
  'modelRegistry.showOutputVersion': [t('Showing the version'), showOutputVersion],
  'modelRegistry.showProposal': [t('Showing the policy'), proposals.showProposal],
  'modelRegistry.showVersion': [t('Showing the version'), showing.showVersion],
  'modelRegistry.syncNow': [t('Syncing'), sharing.syncNow],
  'modelRegistry.takeBack': [t('Taking back'), sharedWork.takeBack],
  'modelRegistry.verify': [t('Verifying'), files.verify],
  'modelRegistry.webhooks': [t('Changing webhooks'), deploying.webhooks],
  'modelRegistry.withdrawProposal': [t('Withdrawing the policy'), proposals.withdrawProposal],
  'modelRegistry.withdrawRequest': [t('Withdrawing the request'), reviewing.withdrawRequest],
});
