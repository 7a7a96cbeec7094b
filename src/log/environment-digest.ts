import { sha256Hex } from '../base/hash.ts';

/**
 * Names a set of installed packages: the SHA-256 of the lines `python==<version>` (where known) and then `<name>==<version>` for each
 * package, sorted by their UTF-16 code units, each ended by a line feed.
 */
export function environmentDigest(environment: {
  readonly python?: string | undefined;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}): string {
  const lines = environment.packages.map(({ name, version }) => `${name}==${version}\n`).sort();
  const first = environment.python === undefined ? '' : `python==${environment.python}\n`;
  return sha256Hex(first + lines.join(''));
}
