import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { isSha256Hex, sha256Hex } from '../base/hash.ts';

/** One file of an artifact. `exec` is present only where the file may be executed. */
export interface ManifestFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly exec?: true;
}

/** The canonical list of an artifact's files: no times, no facts of the host. Its SHA-256 names the artifact. */
export interface Manifest {
  readonly files: readonly ManifestFile[];
}

export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\:]/u;

const manifestSchema = v.strictObject({
  files: v.pipe(
    v.array(
      v.strictObject({
        path: v.string(),
        size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
        sha256: v.pipe(v.string(), v.check(isSha256Hex)),
        exec: v.exactOptional(v.literal(true)),
      }),
    ),
    v.minLength(1),
  ),
});

/** Why `path` can't be in a manifest, or undefined where it can: it must name the same file, inside a folder, on every system. */
export function problemOfPath(path: string): string | undefined {
  if (path === '' || path.length > 4096) return 'is empty or longer than 4096 characters';
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (path.normalize('NFC') !== path) return 'is not in Unicode normal form C';
  if (FORBIDDEN.test(path)) return 'has a control character, a backslash or a colon';
  for (const name of path.split('/')) {
    if (name === '') return 'is absolute or has an empty part';
    if (name === '.' || name === '..') return `has the part ${name}`;
    if (name.endsWith('.') || name.endsWith(' ')) return 'has a part that ends in a dot or space';
    if (DEVICE.test(name)) return `has the part ${name}, the name of a device on Windows`;
    if (new TextEncoder().encode(name).length > 255) return 'has a part longer than 255 bytes';
  }
  return undefined;
}

/** The bytes of the manifest of `files`, in any order, and its digest. Throws `ARTIFACT_PATH_INVALID` for a path that can't be in one. */
export function encodeManifest(files: readonly ManifestFile[]): {
  readonly bytes: Uint8Array;
  readonly digest: string;
} {
  const problem = problemOfFiles(files);
  if (problem !== undefined)
    throw new RegistryError('ARTIFACT_PATH_INVALID', `${problem} Rename it and register again. Nothing was changed.`);
  const bytes = canonicalBytes(files);
  return { bytes, digest: sha256Hex(bytes) };
}

/** Reads a manifest. Throws `MANIFEST_DAMAGED` for anything but the canonical bytes of a legal one. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw damaged('is too long');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    throw damaged('is not JSON', cause);
  }
  const parsed = v.safeParse(manifestSchema, json);
  if (!parsed.success) throw damaged('does not list files');
  const problem = problemOfFiles(parsed.output.files);
  if (problem !== undefined) throw damaged(`is not legal: ${problem}`);
  if (Buffer.compare(canonicalBytes(parsed.output.files), bytes) !== 0) throw damaged('is not in canonical form');
  return parsed.output;
}

function canonicalBytes(files: readonly ManifestFile[]): Uint8Array {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const plain = sorted.map(({ path, size, sha256, exec }) =>
    exec ? { path, size, sha256, exec } : { path, size, sha256 },
  );
  return new TextEncoder().encode(JSON.stringify({ files: plain }));
}

function problemOfFiles(files: readonly ManifestFile[]): string | undefined {
  const taken = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const { path } of files) {
    const problem = problemOfPath(path);
    if (problem !== undefined) return `The file name ${JSON.stringify(path.slice(0, 200))} ${problem}.`;
    const folded = foldCase(path);
    const other = taken.get(folded) ?? folders.get(folded);
    if (other !== undefined)
      return `${JSON.stringify(path)} and ${JSON.stringify(other)} can't be told apart where letter case doesn't count.`;
    taken.set(folded, path);
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      const known = folders.get(foldCase(folder)) ?? taken.get(foldCase(folder));
      if (known !== undefined && known !== folder) {
        return `${JSON.stringify(folder)} and ${JSON.stringify(known)} can't be told apart where letter case doesn't count.`;
      }
      if (taken.has(foldCase(folder))) return `${JSON.stringify(folder)} is both a file and a folder.`;
      folders.set(foldCase(folder), folder);
    }
  }
  return undefined;
}

function foldCase(path: string): string {
  return path.toUpperCase().toLowerCase().normalize('NFC');
}

function damaged(what: string, cause?: unknown): RegistryError {
  return new RegistryError('MANIFEST_DAMAGED', `The manifest ${what}.`, { cause });
}
