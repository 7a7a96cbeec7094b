import platform, { type PlatformPath } from 'node:path';

type Platform = Pick<PlatformPath, 'basename' | 'isAbsolute' | 'relative' | 'sep'>;

/**
 * The way from a folder to what is in it, with `/` between its names, and empty for the folder itself; undefined for what is elsewhere. It takes paths as the
 * system does: on Windows whatever the capitals and slashes, on shares and whole drives, too. Names alone are compared; of links, give where they lead.
 */
export function pathInside(folder: string, path: string, system: Platform = platform): string | undefined {
  const { isAbsolute, relative, sep } = system;
  const way = relative(folder, path);
  // Between two drives, or shares, the way is the whole path.
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way.split(sep).join('/');
}

/** Whether a path is a folder or lies in it. */
export function isInside(folder: string, path: string, system: Platform = platform): boolean {
  return pathInside(folder, path, system) !== undefined;
}

/** How a path is recorded: below the folder by the way to it, any other by its last name, so that no home folder gets into the log. */
export function recordedPath(folder: string, path: string, system: Platform = platform): string {
  return pathInside(folder, path, system) || system.basename(path);
}
