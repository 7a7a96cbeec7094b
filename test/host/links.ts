import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { logOf } from './notebook.ts';

const WAIT_MS = 20_000;

/** A link that somebody was sent opens the page of its version, by the editor's own way. The registry has a version by now. */
export async function linkOpensVersion(): Promise<void> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  assert.ok(root, 'no folder is open');
  const line = (await logOf(root)).find((text) => text.includes('"version.registered"')) ?? '';
  const id = /"version":"([0-9A-Z]{26})"/.exec(line)?.[1];
  assert.ok(id, 'nothing is registered');
  const link = `${vscode.env.uriScheme}://model-registry.model-registry/version?id=${id}`;
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(link));
  const until = Date.now() + WAIT_MS;
  while (!pages().includes('fraud@1')) {
    assert.ok(Date.now() < until, `the link ${link} opened ${pages().join(', ') || 'nothing'}`);
    await pause(100);
  }
}

/** The titles of the pages that are open. */
function pages(): readonly string[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
}
