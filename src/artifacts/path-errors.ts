import { RegistryError, systemErrorCode } from '../base/errors.ts';

const UNCHANGED = 'Nothing was changed.';

/** The error for a path that was to be registered and can't be read. */
export function unreadable(path: string, cause: unknown): RegistryError {
  const code = systemErrorCode(cause);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new RegistryError(
        'PATH_NOT_FOUND',
        `${path} doesn't exist. Check the path, or train first. ${UNCHANGED}`,
        { cause },
      );
    case 'ELOOP':
      return new RegistryError(
        'ARTIFACT_LINK_LOOP',
        `${path} is a link that leads back to itself. Remove it and register again. ${UNCHANGED}`,
        { cause },
      );
    default:
      return new RegistryError(
        'PATH_UNREADABLE',
        `${path} can't be read (${code ?? 'unknown error'}). Check its permissions. ${UNCHANGED}`,
        { cause },
      );
  }
}

export function danglingLink(link: string, cause: unknown): RegistryError {
  return new RegistryError(
    'PATH_NOT_FOUND',
    `${link} is a link to something that doesn't exist. Remove it and register again. ${UNCHANGED}`,
    { cause },
  );
}

export function specialFile(path: string): RegistryError {
  return new RegistryError(
    'PATH_UNREADABLE',
    `${path} is neither a file nor a folder, so it can't be registered. ${UNCHANGED}`,
  );
}

export function linkLoop(link: string, target: string): RegistryError {
  return new RegistryError(
    'ARTIFACT_LINK_LOOP',
    `${link} links back to ${target}, a folder around it. Remove the link and register again. ${UNCHANGED}`,
  );
}

export function linkOutside(path: string, target: string, root: string): RegistryError {
  return new RegistryError(
    'ARTIFACT_LINK_OUTSIDE',
    `${path} leads to ${target}, outside of ${root}. Put the file itself there, or name ${target} instead. ${UNCHANGED}`,
  );
}

export function invalidName(path: string): RegistryError {
  return new RegistryError(
    'ARTIFACT_PATH_INVALID',
    `The name of ${path} isn't valid UTF-8. Rename it and register again. ${UNCHANGED}`,
  );
}

export function differentDrives(paths: readonly string[]): RegistryError {
  return new RegistryError(
    'ARTIFACT_PATH_INVALID',
    `${paths.join(' and ')} have no folder in common. Register one of them, or bring them together. ${UNCHANGED}`,
  );
}

export function samePath(path: string, sources: readonly string[]): RegistryError {
  return new RegistryError(
    'ARTIFACT_PATH_INVALID',
    `${sources.join(' and ')} would both be ${path}. Rename one of them and register again. ${UNCHANGED}`,
  );
}

export function changedWhileRead(source: string): RegistryError {
  return new RegistryError(
    'FILE_CHANGED',
    `${source} changed while it was read, so it is still being written. Register it when training has finished. ${UNCHANGED}`,
  );
}

export function notForArtifacts(path: string): RegistryError {
  return new RegistryError(
    'ARTIFACT_PATH_INVALID',
    `${path} belongs to git or to the registry itself, so it isn't registered. Name the files that training wrote. Nothing was changed.`,
  );
}
