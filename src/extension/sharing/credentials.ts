import * as v from 'valibot';
import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { GivenCredential } from '../../workers/registry-messages.ts';

/** What Azure's blob storage asks a sign-in for. */
const SCOPE = 'https://storage.azure.com/.default';
/** Where a token doesn't say when it ends; most hold for an hour or more. */
const TOKEN_MS = 45 * 60_000;
const PROVIDER = 'microsoft';

type Account = vscode.AuthenticationSessionAccountInformation;

/** How a container is opened, remembered for this person on this machine. */
type Chosen =
  | { readonly kind: 'microsoft'; readonly tenant?: string; readonly account?: Account }
  | { readonly kind: 'secret'; readonly what?: 'SAS token' | 'connection string'; readonly endsAt?: string };

/** Who signs in, and where. */
export interface SignIn {
  /** Id or domain; the person's own where none is given. */
  readonly tenant?: string | undefined;
  /** One that is known to the editor; `new` asks for another. */
  readonly account?: Account | 'new' | undefined;
}

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
          message: t('The secret that was kept for this container is gone. Connect the shared storage again.'),
        };
      }
      return isConnectionString(secret) ? { kind: 'connectionString', text: secret } : { kind: 'sas', token: secret };
    }
    if (chosen?.kind !== 'microsoft') return undefined;
    const { tenant, account } = chosen;
    const session = await sessionOf({ tenant, account }, isSilent);
    if (!session) {
      return {
        kind: 'missing',
        message: t(
          'Nobody is signed in with Microsoft any more. Choose “Sign in another way” in the menu of the shared storage, and sign in.',
        ),
      };
    }
    return { kind: 'token', token: session.accessToken, expiresAt: endOf(session.accessToken) };
  }

  /** Accounts that the editor knows. */
  async accounts(): Promise<readonly Account[]> {
    return vscode.authentication.getAccounts(PROVIDER);
  }

  /** Signs in. Returns the name of the account. Throws where the person doesn't. */
  async signIn(containerUrl: string, { tenant, account }: SignIn): Promise<string> {
    const session = await sessionOf({ tenant, account }, false);
    if (!session) throw new RegistryError('SIGN_IN_FAILED', t('Nobody signed in. Nothing was changed.'));
    const { id, label } = session.account;
    await this.#context.globalState.update(keyOf(containerUrl), {
      kind: 'microsoft',
      account: { id, label },
      ...(tenant === undefined ? {} : { tenant }),
    } satisfies Chosen);
    return label;
  }

  /** How this person opens a container, in words: `ann@contoso.com, tenant 1111…`. */
  describe(containerUrl: string): string {
    const chosen = this.#context.globalState.get<Chosen>(keyOf(containerUrl));
    if (chosen?.kind === 'microsoft') {
      const who = chosen.account?.label ?? t('signed in with Microsoft');
      return chosen.tenant === undefined ? who : t('{who}, tenant {tenant}', { who, tenant: chosen.tenant });
    }
    if (chosen?.kind !== 'secret') return t('by the environment');
    const how =
      chosen.what === 'SAS token'
        ? t('by a SAS token')
        : chosen.what === 'connection string'
          ? t('by a connection string')
          : t('by a secret');
    return chosen.endsAt === undefined ? how : t('{how} until {date}', { how, date: chosen.endsAt.slice(0, 10) });
  }

  /** Keeps a SAS token or a connection string. */
  async keep(containerUrl: string, secret: string): Promise<void> {
    await this.#context.secrets.store(keyOf(containerUrl), secret);
    const isConnection = isConnectionString(secret);
    const end = isConnection ? undefined : new URLSearchParams(secret.replace(/^[^?]*\?/, '')).get('se');
    await this.#context.globalState.update(keyOf(containerUrl), {
      kind: 'secret',
      what: isConnection ? 'connection string' : 'SAS token',
      ...(end && !Number.isNaN(Date.parse(end)) ? { endsAt: new Date(end).toISOString() } : {}),
    } satisfies Chosen);
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

async function sessionOf({ tenant, account }: SignIn, isSilent: boolean) {
  const scopes = [SCOPE, ...(tenant === undefined ? [] : [`VSCODE_TENANT:${tenant}`])];
  const who = account === 'new' ? { clearSessionPreference: true } : account === undefined ? {} : { account };
  return vscode.authentication.getSession(
    PROVIDER,
    scopes,
    isSilent ? { silent: true, ...who } : { createIfNone: true, ...who },
  );
}

/** When a token ends, as it says itself. It isn't verified: the storage does that. */
function endOf(token: string): number {
  const fallback = Date.now() + TOKEN_MS;
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { exp } = v.parse(v.object({ exp: v.pipe(v.number(), v.safeInteger()) }), claims);
    return exp * 1000 > Date.now() ? exp * 1000 : fallback;
  } catch {
    return fallback;
  }
}

function keyOf(containerUrl: string): string {
  return `modelRegistry.credential:${containerUrl}`;
}
