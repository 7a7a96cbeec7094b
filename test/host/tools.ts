import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { TOOLS } from '../../src/agents/tools.ts';
import { toolIdOf } from '../../src/extension/agents/tool-ids.ts';

/** Any extension may use the tools, as a chat does. The registry has a version by now. */
export async function toolAnswers(): Promise<void> {
  const known = vscode.lm.tools.map(({ name }) => name);
  assert.deepEqual(
    TOOLS.map(toolIdOf).filter((id) => !known.includes(id)),
    [],
  );
  const text = await invoke('model_registry_list_versions', { limit: 1 });
  assert.match(text, /<registry-data>\n\{"versions":\[\{"version":"/);
  await assert.rejects(invoke('model_registry_show_version', { ref: 'nobody@1' }), /MODEL_NOT_FOUND/);
}

async function invoke(name: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
