/** Paths relative to the workspace, with `/`; the workspace itself is the empty path. */

export function pathBelow(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Whether a path is that folder, or in it. The workspace itself holds nothing in this sense: everything would be in it. */
export function holds(folder: string, path: string): boolean {
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
}
