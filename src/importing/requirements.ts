import { comparedPackageName } from '../base/package-name.ts';
import { normalVersion } from '../lineage/python/version.ts';

const MAX_PACKAGES = 3000;
const MAX_LENGTH = 256;
/** `name[extras]==version`, with a marker or comment behind it; nothing else says which version was there. */
const PINNED = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([A-Za-z0-9][\w.!+-]*)\s*(?:[;#].*)?$/;

export interface Requirements {
  /** Sorted by name, each once. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  /** How many others are named without their version. */
  readonly others: number;
}

/** The packages that a `requirements.txt` pins to one version. */
export function parseRequirements(lines: readonly string[]): Requirements {
  const packages = new Map<string, { readonly name: string; readonly version: string }>();
  let others = 0;
  for (const line of lines.map((text) => text.trim())) {
    // Options and comments name no package.
    if (line === '' || line.startsWith('#') || line.startsWith('-')) continue;
    const [, name = '', version = ''] = line.length > 2 * MAX_LENGTH ? [] : (PINNED.exec(line) ?? []);
    if (name === '' || name.length > MAX_LENGTH || version.length > MAX_LENGTH || packages.size >= MAX_PACKAGES)
      others += 1;
    else packages.set(comparedPackageName(name), { name, version: normalVersion(version) });
  }
  const sorted = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
  return { packages: sorted.map(([, found]) => found), others };
}
