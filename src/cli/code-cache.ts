import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/**
 * Lets Node keep what it compiles of the program from one start to the next, where it can (from 22.1 on): about a sixth of what a short command takes. In a folder of
 * this user's: code that others could write there would run.
 */
export function keepCompiledCode(env: NodeJS.ProcessEnv = process.env): void {
  try {
    module.enableCompileCache?.(cacheDir(env));
  } catch {
    // It only takes longer.
  }
}

/** The newest Node whose V8 was seen to know the flag below. It complains about flags that it doesn't know. */
const NEWEST_KNOWN = 24;

/**
 * Lets V8 wait longer before it compiles parts of SQLite anew and better: a short command ends before that pays, and it takes some 10 MB.
 * What works for seconds gets there all the same.
 */
export function compileForShortRuns(): void {
  if (Number.parseInt(process.versions.node, 10) <= NEWEST_KNOWN) setFlagsFromString('--wasm-tiering-budget=100000000');
}

function cacheDir(env: NodeJS.ProcessEnv): string {
  if (env.MODEL_REGISTRY_STATE_DIR) return join(env.MODEL_REGISTRY_STATE_DIR, 'code');
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'model-registry', 'code');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'model-registry', 'code');
  return join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'model-registry', 'code');
}
