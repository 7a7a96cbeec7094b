import { t } from './language.ts';

/** How far an author's name can be relied on: `signed`, `signed by bob@example.org` where they call themselves otherwise, or `claimed`. */
export function provenText({
  email,
  signer,
}: {
  readonly email: string;
  readonly signer?: string | undefined;
}): string {
  if (signer === undefined) return t('claimed');
  return signer.toLowerCase() === email.toLowerCase() ? t('signed') : t('signed by {signer}', { signer });
}
