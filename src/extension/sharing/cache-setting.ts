import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { parseSize } from '../../base/size.ts';
import type { Registries } from '../registries/registries.ts';
import { sharedCacheLimit } from '../settings.ts';
import type { SharedStates } from './shared-states.ts';

/** Brings the setting for the files of shared registries to each of them. Where it is empty, what `gc --cache-limit` set goes on holding. */
export function followCacheSetting(options: {
  readonly registries: Pick<Registries, 'byDir'>;
  readonly states: Pick<SharedStates, 'all' | 'onDidChange'>;
  readonly log: vscode.LogOutputChannel;
}): vscode.Disposable {
  const { registries, states, log } = options;
  const told = new Map<string, string>();

  const bring = async (dir: string) => {
    const text = sharedCacheLimit();
    if (text === undefined) told.delete(dir);
    if (text === undefined || told.get(dir) === text) return;
    told.set(dir, text);
    const limit = limitIn(text);
    if (limit === undefined) {
      log.warn(
        `"${text}" is no size, so the setting modelRegistry.sharedCacheLimit has no effect. Write it like 50 GB, or all.`,
      );
      return;
    }
    const calls = (await registries.byDir(dir))?.connection.registry;
    if (calls && ((await calls.retention()).cacheLimitBytes ?? null) !== limit)
      await calls.setRetention({ cacheLimitBytes: limit });
  };

  const bringAll = () => {
    for (const dir of states.all().keys())
      bring(dir).catch((error: unknown) => {
        told.delete(dir);
        log.warn(messageOf(error));
      });
  };
  return vscode.Disposable.from(
    states.onDidChange(bringAll),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('modelRegistry.sharedCacheLimit')) bringAll();
    }),
  );
}

/** Bytes; null for no limit; undefined for what is no size. */
function limitIn(text: string): number | null | undefined {
  return text.toLowerCase() === 'all' ? null : parseSize(text);
}
