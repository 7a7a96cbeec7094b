import * as vscode from 'vscode';
import type { RegistryPresence } from '../context-keys.ts';
import type { Registries } from '../registries/registries.ts';

/** Keeps the context key up to date that decides which welcome the views show. */
export function followPresence(registries: Registries): vscode.Disposable {
  const update = async () => {
    await vscode.commands.executeCommand('setContext', 'modelRegistry.state', await presenceOf(registries));
  };
  void update();
  return registries.onDidChange(() => void update());
}

async function presenceOf(registries: Registries): Promise<RegistryPresence> {
  if ((await registries.problems()).length > 0) return 'ready';
  const existing = await registries.existing();
  if (existing.length === 0) return 'absent';
  for (const { connection } of existing) {
    const hasModels = await connection.registry.listModels({ limit: 1 }).then(
      ({ items }) => items.length > 0,
      // The views show what is wrong.
      () => true,
    );
    if (hasModels) return 'ready';
  }
  return 'empty';
}
