import { t } from './language.ts';

/** Something that versions were made from, as people call it: `data/train.csv (6bef6d925a74)`, `commit 117e4635b48a`, `numpy==1.26.4`. */
export function impactName({
  kind,
  name,
  path,
}: {
  readonly kind: string;
  readonly name: string;
  readonly path?: string;
}): string {
  const short = /^[0-9a-f]{13,64}$/.test(name) ? name.slice(0, 12) : name;
  if (kind === 'commit') return t('commit {commit}', { commit: short });
  return path === undefined ? short : `${path} (${short})`;
}
