import { t } from './language.ts';

/** `PyTorch (format 3)`: the version is that of the files' format, which says nothing of the framework's. */
export function formatName(format: string, version: string | undefined): string {
  if (version === undefined || version === '') return format;
  // `IR 10` says what it is.
  return /^\d/.test(version) ? t('{format} (format {version})', { format, version }) : `${format} (${version})`;
}
