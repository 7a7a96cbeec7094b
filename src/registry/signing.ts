import { RegistryError } from '../base/errors.ts';
import { decodeIntent, encodeIntent, type Intent, isKnownEvent } from '../log/intent.ts';
import { joinSignedLine, type Proof } from '../log/signed-line.ts';
import { withoutArmor } from '../log/ssh/signature.ts';
import { signersAsked } from '../rules/signature-rules.ts';
import type { IntentOutcome, RegistryState } from '../rules/state.ts';

/** The key that this person signs with. What it is never depends on a registry. */
export interface OwnKey {
  /** `<type> <base64>`; undefined where this person has none. Throws `SIGNING_FAILED` where it can't be read. */
  publicKey(): Promise<string | undefined>;
  /** Signs as `ssh-keygen -Y sign` does, and returns what that prints. Throws `SIGNING_FAILED`. */
  sign(text: Uint8Array): Promise<string>;
}

interface Judging {
  readonly state: RegistryState;
  judge(intent: Intent): IntentOutcome;
}

/**
 * The intent, signed where a policy that it touches knows this person's key. Where signing fails and nobody asks for it, unsigned: then
 * the name counts as claimed. Throws `SIGNING_FAILED`.
 */
export async function signedWhereKnown(catalog: Judging, intent: Intent, own: OwnKey | undefined): Promise<Intent> {
  const lists = intent.events.filter(isKnownEvent).flatMap((event) => signersAsked(catalog.state, event));
  if (!own || lists.length === 0) return intent;
  try {
    const key = await own.publicKey();
    return key !== undefined && lists.some(({ personOfKey }) => personOfKey.has(key))
      ? await signed(intent, own, key)
      : intent;
  } catch (error) {
    const outcome = catalog.judge(intent);
    if (outcome.kind === 'void' && outcome.code === 'SIGNATURE_NEEDED') throw error;
    return intent;
  }
}

/** The intent with this person's signature. Throws `SIGNING_FAILED`. */
export async function signed(intent: Intent, own: OwnKey, key: string): Promise<Intent> {
  const text = encodeIntent(intent);
  const base64 = withoutArmor(await own.sign(text));
  const decoded = base64 === undefined ? undefined : decodeIntent(joinSignedLine(text, base64));
  const proof = decoded?.kind === 'intent' ? decoded.intent.proof : undefined;
  if (proof?.key === key && proof.isGood()) return { ...intent, proof };
  throw new RegistryError(
    'SIGNING_FAILED',
    'What signs for this person gave a signature that is not of the key that was asked for. Check the program and key that git is set up to sign with. Nothing was changed.',
  );
}

/** For asking what would come of it if this key signed. */
export function presumedProof(key: string | undefined): { readonly proof?: Proof } {
  return key === undefined ? {} : { proof: { key, line: new Uint8Array(), isGood: () => true } };
}
