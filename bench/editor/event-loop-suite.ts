import { rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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
  await longestBlock('activate', async () => {
    await extension.activate();
    await pause(WATCHED_MS / 5);
  });
  await longestBlock('open', async () => {
    await take('.model-registry');
    await vscode.commands.executeCommand('modelRegistry.refresh');
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

/**
 * Ticks every millisecond and says what the longest pause between two ticks was, and the most work that the host's thread did in one:
 * on a busy machine a pause can also be that other programs had the processor.
 */
async function longestBlock(phase: string, task: () => Promise<unknown>): Promise<void> {
  let blockedMs = 0;
  let workedMs = 0;
  let tickedAt = performance.now();
  let workedAt = workMs();
  const startedAt = tickedAt;
  const timer = setInterval(() => {
    const [now, worked] = [performance.now(), workMs()];
    blockedMs = Math.max(blockedMs, now - tickedAt);
    workedMs = Math.max(workedMs, worked - workedAt);
    tickedAt = now;
    workedAt = worked;
  }, 1);
  await task();
  clearInterval(timer);
  console.log(`# ${JSON.stringify({ phase, blockedMs, workedMs, tookMs: performance.now() - startedAt })}`);
}

/** Processor time of this thread. */
function workMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
