import { versionById } from '../catalog/version-queries.ts';
import { dbOf, type Session, stateOf } from './session.ts';

const ID = /\b[0-9A-HJKMNP-TV-Z]{26}\b/g;

/** A message of the rules, with the names of models and versions in place of their ids. */
export function inWords(session: Session, message: string): string {
  return message.replace(ID, (id) => {
    const state = stateOf(session);
    const version = versionById(dbOf(session), state.version(id)?.id ?? id);
    if (version) return `${version.model}@${version.number}`;
    return state.model(id)?.name ?? id;
  });
}
