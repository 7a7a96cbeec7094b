import { rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import * as vscode from 'vscode';

const EXTENSION_ID = 'model-registry.model-registry';
const WATCHED_MS = 10_000;
const POLL_MS = 100;
const preparedSchema = v.object({
  /** In the registry's folder: there once the file is registered. */
  nextCommit: v.string(),
});

/**
 * Runs inside the extension host, beside the extension. Beside the workspace lies a folder `prepared` with what is moved into it: first
 * a registry, then a model and the project file that has it registered. Each phase says how long the event loop was blocked at most.
 */
export async function run(): Promise<void> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const extension = vscode.extensions.getExtension(EXTENSION_ID);
  if (workspace === undefined || !extension) throw new Error('There is no folder or no extension of ours.');
  const prepared = join(dirname(workspace), 'prepared');
  const json = await vscode.workspace.fs.readFile(vscode.Uri.file(join(prepared, 'prepared.json')));
  const { nextCommit } = v.parse(preparedSchema, JSON.parse(new TextDecoder().decode(json)));
  const take = (name: string) => rename(join(prepared, name), join(workspace, name));

  // What the editor does at its start isn't ours.
  await pause(WATCHED_MS);
  await longestBlock('nothing happens', () => pause(WATCHED_MS));
  await longestBlock('open', async () => {
    await take('.model-registry');
    await extension.activate();
    await vscode.commands.executeCommand('modelRegistry.models.focus');
    await pause(WATCHED_MS);
  });
  await longestBlock('register', async () => {
    await take('models');
    await take('model-registry.yaml');
    while (!(await exists(join(workspace, '.model-registry', nextCommit)))) await pause(POLL_MS);
    await pause(WATCHED_MS / 5);
  });
}

async function longestBlock(phase: string, task: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const startedAt = performance.now();
  delay.enable();
  await task();
  delay.disable();
  const found = {
    phase,
    maxMs: delay.max / 1e6,
    p99Ms: delay.percentile(99) / 1e6,
    tookMs: performance.now() - startedAt,
  };
  console.log(`# ${JSON.stringify(found)}`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
