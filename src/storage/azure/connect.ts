import { type ContainerTarget, containerTarget } from './container-url.ts';
import type { AzureCredential } from './credentials.ts';
import { environmentCredential } from './environment.ts';
import { type OpenContainer, openContainer } from './open-container.ts';

/** Gives the credential for a container, where somebody has one; else the environment is asked. */
export type CredentialFor = (target: ContainerTarget) => Promise<AzureCredential | undefined>;

/** Opens the container that `url` names. Throws `REMOTE_URL_INVALID`, `REMOTE_CREDENTIAL_MISSING`, `CREDENTIAL_…`, `SIGN_IN_FAILED`. */
export async function connectContainer(
  url: string,
  options: {
    readonly clock: () => number;
    readonly env: NodeJS.ProcessEnv;
    readonly credentialFor?: CredentialFor | undefined;
  },
): Promise<OpenContainer> {
  const { clock, env, credentialFor } = options;
  const target = containerTarget(url);
  const credential = (await credentialFor?.(target)) ?? (await environmentCredential(target, { env, clock }));
  return openContainer({ target, credential, clock });
}
