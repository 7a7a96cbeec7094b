import type { Author } from './author.ts';

export interface CommentEntry {
  readonly id: string;
  readonly text: string;
  readonly by: Author;
  readonly at: string;
}
