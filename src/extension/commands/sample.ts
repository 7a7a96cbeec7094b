import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import { locateRegistry } from '../../registry/location.ts';
import { RegistryConnection } from '../registries/registry-connection.ts';
import { rememberSample } from '../sample/first-look.ts';
import { writeSampleProject } from '../sample/sample-project.ts';
import { registerSampleVersions } from '../sample/sample-versions.ts';
import { withProgress } from '../status/progress.ts';
import type { Command, CommandContext } from './command-context.ts';

/** A small project with versions to try things with, in a temporary folder of its own, in a new window. Nothing is fetched. */
export const openSample: Command = async (context) => {
  const parent = await mkdtemp(join(tmpdir(), 'model-registry-sample-'));
  const folder = join(parent, 'fraud-detector');
  try {
    await withProgress(context.activity, { title: t('Making the sample') }, () => makeSample(context, folder));
    await rememberSample(context.state, folder);
  } catch (error) {
    await rm(parent, { recursive: true, force: true });
    throw error;
  }
  context.log.info(`The sample is in ${folder}.`);
  // A window with nothing in it is as good as a new one.
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(folder), { forceNewWindow });
};

async function makeSample({ extensionPath, log }: CommandContext, folder: string): Promise<void> {
  const project = await writeSampleProject(join(extensionPath, 'dist', 'sample'), folder);
  const { dir } = await locateRegistry({ cwd: folder });
  const connection = new RegistryConnection({
    dir,
    root: folder,
    workerFile: join(extensionPath, 'dist', 'worker.js'),
    onEvent: () => undefined,
    onStopped: (error) => log.error(`${dir}: ${error.message}`),
  });
  try {
    await connection.make();
    await registerSampleVersions(connection, folder, project);
  } finally {
    await connection.close();
  }
}
