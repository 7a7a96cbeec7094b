import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';

/** A setting of the wrong type counts as not set: the editor marks it in the settings file. */
function setting<T>(name: string, schema: v.GenericSchema<unknown, T>, fallback: T, scope?: vscode.WorkspaceFolder): T {
  const value: unknown = vscode.workspace.getConfiguration('modelRegistry', scope).get(name);
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : fallback;
}

const text = v.pipe(v.string(), v.trim());

/** The metric to show where there is room for one; undefined for the one that tells most. */
export function preferredMetric(): string | undefined {
  return setting('headlineMetric', text, '') || undefined;
}

/** What the files of a shared registry may take on this disk, as the person wrote it; undefined where nothing is set. */
export function sharedCacheLimit(): string | undefined {
  return setting('sharedCacheLimit', text, '') || undefined;
}

/** How many commands of gates run at once; undefined for as many as without a setting. */
export function gateCommandsAtOnce(): number | undefined {
  return setting('gateCommandsAtOnce', v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16)), undefined);
}

/** Whether what training writes in this workspace folder is registered by itself. */
export function isAutoRegistering(root: vscode.WorkspaceFolder): boolean {
  return setting('autoRegister', v.boolean(), true, root);
}

/** Whether models that appear in this workspace folder, and that nothing declares, are offered to be registered. */
export function isOffering(root: vscode.WorkspaceFolder): boolean {
  return setting('offerModels', v.boolean(), true, root);
}

/** Where the registry of this workspace folder is, if not at its usual place. */
export function registryPath(root: vscode.WorkspaceFolder): string | undefined {
  const path = setting('registryPath', text, '', root);
  if (path === '') return undefined;
  return /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path;
}
