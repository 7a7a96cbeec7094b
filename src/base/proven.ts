/** How far an author's name can be relied on: `signed`, `signed by bob@example.org` where they call themselves otherwise, or `claimed`. */
export function provenText({
  email,
  signer,
}: {
  readonly email: string;
  readonly signer?: string | undefined;
}): string {
  if (signer === undefined) return 'claimed';
  return signer.toLowerCase() === email.toLowerCase() ? 'signed' : `signed by ${signer}`;
}
