/** Says of a folder that a pull wrote it; part of no artifact. */
export const PULL_MARKER = '.model-registry-pull.json';

/** Of names in lower case: a pattern that ignores case takes milliseconds to make ready. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/;
/** A repository inside an artifact could run commands where it is restored; `git~1` is `.git` under its short name on Windows. */
const REPOSITORY = /^(\.git|git~1)$/;
/** Control characters, what Windows takes for a separator, and what it takes for a drive or a stream. */
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\:]/u;
const MAX_PATH_LENGTH = 4096;
const MAX_NAME_BYTES = 255;

/** Why `path` can't be in a manifest, or undefined where it can: it must name the same file, inside a folder, on every system. */
export function problemOfPath(path: string): string | undefined {
  if (path === '' || path.length > MAX_PATH_LENGTH) return `is empty or longer than ${MAX_PATH_LENGTH} characters`;
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (path.normalize('NFC') !== path) return 'is not in Unicode normal form C';
  if (FORBIDDEN.test(path)) return 'has a control character, a backslash or a colon';
  for (const name of path.split('/')) {
    const problem = problemOfName(name);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfName(name: string): string | undefined {
  if (name === '') return 'is absolute or has an empty part';
  if (name === '.' || name === '..') return `has the part ${name}`;
  if (name.endsWith('.') || name.endsWith(' ')) return 'has a part that ends in a dot or a space, which Windows drops';
  const lower = name.toLowerCase();
  if (DEVICE.test(lower)) return `has the part ${name}, the name of a device on Windows`;
  if (REPOSITORY.test(lower)) return `has the part ${name}, the name of a git repository`;
  if (foldCase(name) === PULL_MARKER) return `has the part ${name}, which Model Registry itself writes`;
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `has a part longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}

/** Why these paths can't be in one manifest, as a sentence, or undefined where they can. */
export function problemOfPaths(paths: Iterable<string>): string | undefined {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const problem = problemOfPath(path);
    if (problem !== undefined) return `The path ${quoted(path)} ${problem}.`;
    const folded = foldCase(path);
    const other = files.get(folded) ?? folders.get(folded);
    if (other !== undefined) return clash(path, other);
    files.set(folded, path);
    // A folder that is known as it is written here has known folders around it.
    for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      const foldedFolder = foldCase(folder);
      const known = folders.get(foldedFolder);
      if (known === folder) break;
      const taken = known ?? files.get(foldedFolder);
      if (taken !== undefined) return clash(folder, taken);
      folders.set(foldedFolder, folder);
    }
  }
  return undefined;
}

function clash(path: string, other: string): string {
  if (path === other) return `${quoted(path)} stands for two files, or for a file and a folder.`;
  return `${quoted(path)} and ${quoted(other)} are one path where letter case doesn't count.`;
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}

/** Upper case first: it maps letters together that lower case keeps apart. */
function foldCase(path: string): string {
  return path.toUpperCase().toLowerCase().normalize('NFC');
}
