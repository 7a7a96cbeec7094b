import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { COMMAND_IDS } from '../../src/extension/command-ids.ts';
import { linkOpensVersion } from './links.ts';
import { cellRegistersModel } from './notebook.ts';
import { toolAnswers } from './tools.ts';

const EXTENSION_ID = 'model-registry.model-registry';

interface HostTest {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What can be asked only inside the extension host. The same in a browser's editor and in desktop VS Code. */
const tests: readonly HostTest[] = [
  {
    name: 'the packaged extension is there and activates',
    run: async () => {
      const extension = vscode.extensions.getExtension(EXTENSION_ID);
      assert.ok(extension, `${EXTENSION_ID} isn't installed`);
      const startedAt = performance.now();
      const wasActive = extension.isActive;
      await extension.activate();
      assert.ok(extension.isActive);
      const took = wasActive
        ? 'was active before the first test'
        : `activated in ${Math.round(performance.now() - startedAt)} ms`;
      console.log(`# ${took}`);
    },
  },
  {
    name: 'every command of the table is registered, and none beside it',
    run: async () => {
      const all = await vscode.commands.getCommands(true);
      const prefix = String(COMMAND_IDS[0]).split('.')[0];
      // VS Code itself registers `<view id>.focus` and the like for every contributed view.
      const views = viewIds();
      const own = all.filter((id) => id.startsWith(`${prefix}.`) && !views.some((view) => id.startsWith(`${view}.`)));
      assert.deepEqual([...own].sort(), [...COMMAND_IDS].sort());
    },
  },
  { name: 'a model that a cell of a notebook writes is of that notebook', run: cellRegistersModel },
  { name: 'a language model’s tool answers in the editor', run: toolAnswers },
  { name: 'a link opens the page of its version', run: linkOpensVersion },
];

function viewIds(): readonly string[] {
  const manifest: unknown = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON;
  const found: string[] = [];
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    if ('id' in value && typeof value.id === 'string') found.push(value.id);
    for (const child of Object.values(value)) visit(child);
  };
  if (typeof manifest === 'object' && manifest !== null && 'contributes' in manifest) {
    const contributes = manifest.contributes;
    if (typeof contributes === 'object' && contributes !== null) {
      if ('views' in contributes) visit(contributes.views);
    }
  }
  return found;
}

/** The entry point that VS Code calls. Throws when a test failed. */
export async function run(): Promise<void> {
  const failures: string[] = [];
  for (const test of tests) {
    try {
      await test.run();
      console.log(`ok - ${test.name}`);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      failures.push(test.name);
      console.log(`not ok - ${test.name}\n${message}`);
    }
  }
  if (failures.length > 0) throw new Error(`${failures.length} of ${tests.length} failed: ${failures.join('; ')}`);
}
