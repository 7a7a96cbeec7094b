import * as vscode from 'vscode';
import type { GivenCredential } from '../../workers/registry-messages.ts';

/** What Azure's blob storage asks a sign-in for. */
const SCOPE = 'https://storage.azure.com/.default';
/** A session doesn't say when its token ends; it holds for an hour or more. */
const TOKEN_MS = 45 * 60_000;

/** How a container is opened, remembered for this person on this machine. */
type Chosen = { readonly kind: 'microsoft'; readonly tenant?: string } | { readonly kind: 'secret' };

/** What this person opens containers with. Secrets are in the editor's secret storage and nowhere else. */
export class Credentials {
  readonly #context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState'>;

  constructor(context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState'>) {
    this.#context = context;
  }

  /** Undefined where the person chose nothing: then the environment is asked. `isSilent`: nobody is asked to sign in. */
  async for(containerUrl: string, { isSilent }: { readonly isSilent: boolean }): Promise<GivenCredential | undefined> {
    const chosen = this.#context.globalState.get<Chosen>(keyOf(containerUrl));
    if (chosen?.kind === 'secret') {
      const secret = await this.#context.secrets.get(keyOf(containerUrl));
      if (secret === undefined) {
        return {
          kind: 'missing',
          message: 'The secret that was kept for this container is gone. Connect the shared storage again.',
        };
      }
      return isConnectionString(secret) ? { kind: 'connectionString', text: secret } : { kind: 'sas', token: secret };
    }
    if (chosen?.kind !== 'microsoft') return undefined;
    const session = await sessionOf(chosen.tenant, isSilent);
    if (!session) {
      return {
        kind: 'missing',
        message:
          'Nobody is signed in with Microsoft any more. Choose “Sign in another way” in the menu of the shared storage, and sign in.',
      };
    }
    return { kind: 'token', token: session.accessToken, expiresAt: Date.now() + TOKEN_MS };
  }

  /** Signs in, of a tenant where one is given. Returns the account. Throws where the person doesn't. */
  async signIn(containerUrl: string, tenant: string | undefined): Promise<string> {
    const session = await sessionOf(tenant, false);
    await this.#context.globalState.update(keyOf(containerUrl), {
      kind: 'microsoft',
      ...(tenant === undefined ? {} : { tenant }),
    } satisfies Chosen);
    return session?.account.label ?? '';
  }

  /** Keeps a SAS token or a connection string. */
  async keep(containerUrl: string, secret: string): Promise<void> {
    await this.#context.secrets.store(keyOf(containerUrl), secret);
    await this.#context.globalState.update(keyOf(containerUrl), { kind: 'secret' } satisfies Chosen);
  }

  /** Goes by the environment again. */
  async forget(containerUrl: string): Promise<void> {
    await this.#context.secrets.delete(keyOf(containerUrl));
    await this.#context.globalState.update(keyOf(containerUrl), undefined);
  }
}

export function isConnectionString(text: string): boolean {
  return /(^|;)\s*(AccountName|BlobEndpoint|SharedAccessSignature|UseDevelopmentStorage)=/i.test(text);
}

async function sessionOf(tenant: string | undefined, isSilent: boolean) {
  const scopes = [SCOPE, ...(tenant === undefined ? [] : [`VSCODE_TENANT:${tenant}`])];
  return vscode.authentication.getSession('microsoft', scopes, isSilent ? { silent: true } : { createIfNone: true });
}

function keyOf(containerUrl: string): string {
  return `modelRegistry.credential:${containerUrl}`;
}
