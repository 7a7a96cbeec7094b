import * as vscode from 'vscode';
import { isUlid } from '../../base/ids.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { labelOf } from '../version-text.ts';

export const VERSION_SCHEME = 'model-registry';

/** A file or folder of a version; the version as a whole where the path is empty. */
export interface VersionPlace {
  readonly versionId: string;
  readonly path: string;
}

/**
 * The address of a file or folder of a version: `model-registry://<id>/fraud-detector@7/config.json`. The id alone says which version is meant; the name is for
 * people, and may be an older one. Nothing in it says where the registry is: only those of the window are looked into.
 */
export function versionUri(
  version: Pick<VersionSummary, 'model' | 'id' | 'number' | 'pending'>,
  path = '',
): vscode.Uri {
  return vscode.Uri.from({
    scheme: VERSION_SCHEME,
    // Authorities may be written in small letters by whoever passes them on.
    authority: version.id.toLowerCase(),
    path: `/${labelOf(version)}${path === '' ? '' : `/${path}`}`,
  });
}

/** What an address names; undefined for one that names nothing here. `root` stands for the folder above the version's own. */
export function placeOf(uri: Pick<vscode.Uri, 'scheme' | 'authority' | 'path'>): VersionPlace | 'root' | undefined {
  const versionId = uri.authority.toUpperCase();
  if (uri.scheme !== VERSION_SCHEME || !isUlid(versionId)) return undefined;
  const [, label = '', ...path] = uri.path.split('/');
  if (label === '') return path.length === 0 ? 'root' : undefined;
  const parts = path.at(-1) === '' ? path.slice(0, -1) : path;
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? undefined
    : { versionId, path: parts.join('/') };
}
