import type * as vscode from 'vscode';
import type { RegistryPresence } from '../context-keys.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

/** Keeps the context key up to date that decides which welcome the views show. */
export function followPresence(registries: Registries): vscode.Disposable {
  let updates = 0;
  const update = async () => {
    updates += 1;
    const own = updates;
    const presence = await presenceOf(registries);
    // A newer update has seen more than this one.
    if (own === updates) await setContext('modelRegistry.state', presence);
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
