import { signersOf } from '../rules/signers.ts';
import type { FactAuthor } from '../rules/state.ts';
import { type Session, stateOf } from './session.ts';

/** Who this person is for a model: whoever its policy says has their key, else as they call themselves. */
export async function ownAuthor(session: Session, model: string): Promise<FactAuthor> {
  const { name, email } = session.author;
  const signers = signersOf(stateOf(session).policy(model));
  // What can't be read signs nothing.
  const key = signers && (await session.ownKey?.publicKey().catch(() => undefined));
  const signer = key === undefined ? undefined : signers?.personOfKey.get(key);
  return { name, email, ...(signer === undefined ? {} : { signer }) };
}
