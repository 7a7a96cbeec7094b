/** Who did something. Name and address are what they say of themselves. */
export interface Author {
  readonly name: string;
  readonly email: string;
  /** Who signed it with a key that the policy knew as theirs: proven. */
  readonly signer?: string;
}

/** Where an intent came from. */
export type Via = 'editor' | 'cli' | 'auto' | 'import';
