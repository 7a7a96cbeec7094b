import { fileURLToPath } from 'node:url';
import { pathBelow } from '../paths.ts';
import type { RunFiles } from '../run-files.ts';

/**
 * Where in the workspace the artifacts are that MLflow names by a path or a `file:` URI; undefined for all that isn't there. A workspace
 * that was moved, or mounted elsewhere, is known by MLflow's own folders: what follows `mlruns` is looked for beside the store, too.
 */
export async function artifactPlace(uri: string, storeFolder: string, files: RunFiles): Promise<string | undefined> {
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.+)$/.exec(uri)?.[1];
  // A server keeps what it takes in beside its store, unless it is told otherwise.
  const path = proxied === undefined ? pathOf(uri) : `mlartifacts/${proxied}`;
  if (path === undefined || path.split(/[\\/]/).includes('..')) return undefined;
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:)/.test(path);
  const inside = isAbsolute ? await files.inside(path) : pathBelow(storeFolder, path.replace(/^\.\//, ''));
  if (inside !== undefined && (await files.stat(inside))) return inside;
  const below = /(?:^|[\\/])(mlruns|mlartifacts)[\\/](.+)$/.exec(path);
  if (!below) return undefined;
  const moved = pathBelow(storeFolder, `${below[1]}/${(below[2] ?? '').replaceAll('\\', '/')}`);
  return (await files.stat(moved)) ? moved : undefined;
}

function pathOf(uri: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]+:/.test(uri)) return uri;
  if (!uri.startsWith('file:')) return undefined;
  try {
    return uri.startsWith('file://') ? fileURLToPath(uri) : decodeURIComponent(uri.slice('file:'.length));
  } catch {
    // Another host, or no URI at all.
    return undefined;
  }
}
