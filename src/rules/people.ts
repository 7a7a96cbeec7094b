import { nameOfPerson } from './signers.ts';
import type { FactAuthor } from './state.ts';

/** Who somebody is: proven where it is signed, else as claimed. */
export function personOf({ signer, email, name }: FactAuthor): string {
  return nameOfPerson(signer ?? (email || name));
}

/** Whether two may be the same person. A claim counts against whoever makes it: who signs may have claimed an address before. */
export function isSamePerson(one: FactAuthor, other: FactAuthor): boolean {
  const names = namesOf(one);
  return namesOf(other).some((name) => names.includes(name));
}

function namesOf(author: FactAuthor): readonly string[] {
  const address = nameOfPerson(author.email);
  return address === '' ? [personOf(author)] : [personOf(author), address];
}
