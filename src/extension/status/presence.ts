import type * as vscode from 'vscode';
import type { RegistryPresence } from '../context-keys.ts';
import type { Registries } from '../registries/registries.ts';
import { setContext } from '../set-context.ts';

interface Presence {
  readonly state: RegistryPresence;
  /** A version is in production, as far as it is known. */
  readonly hasProduction: boolean;
}

/** Keeps the context keys up to date that decide which welcome the views show, and how far a person got with the first steps. */
export function followPresence(registries: Registries): vscode.Disposable {
  let updates = 0;
  const update = async () => {
    updates += 1;
    const own = updates;
    const { state, hasProduction } = await presenceOf(registries);
    // A newer update has seen more than this one.
    if (own !== updates) return;
    // Before the state: the welcome that nothing is in production is there while the view is read, which takes longer than this.
    await setContext('modelRegistry.hasProduction', hasProduction);
    await setContext('modelRegistry.state', state);
  };
  void update();
  return registries.onDidChange(() => void update());
}

async function presenceOf(registries: Registries): Promise<Presence> {
  if ((await registries.problems()).length > 0) return { state: 'ready', hasProduction: false };
  const existing = await registries.existing();
  if (existing.length === 0) return { state: 'absent', hasProduction: false };
  let state: RegistryPresence = 'empty';
  for (const { connection } of existing) {
    const { registry } = connection;
    const hasModels = await registry.listModels({ limit: 1 }).then(
      ({ items }) => items.length > 0,
      // The views show what is wrong.
      () => true,
    );
    if (!hasModels) continue;
    state = 'ready';
    const serving = await registry.listVersions({ stage: 'production', limit: 1 }).catch(() => ({ items: [] }));
    if (serving.items.length > 0) return { state, hasProduction: true };
  }
  return { state, hasProduction: false };
}
