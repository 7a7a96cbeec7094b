import platform, { type PlatformPath } from 'node:path';

/**
 * Whether a path is a folder or lies in it, as the system takes paths: on Windows whatever the capitals and slashes, on shares and whole
 * drives, too. It compares names only; of links, give where they lead.
 */
export function isInside(
  folder: string,
  path: string,
  { isAbsolute, relative, sep }: Pick<PlatformPath, 'isAbsolute' | 'relative' | 'sep'> = platform,
): boolean {
  const way = relative(folder, path);
  // Between two drives, or shares, the way is the whole path.
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
