import { RegistryError } from '../../base/errors.ts';
import type { ContainerTarget } from './container-url.ts';
import { type AzureCredential, connectionStringCredential, sasCredential } from './credentials.ts';
import { HOW_TO_SIGN_IN } from './explain.ts';
import { azureCli, kept, managedIdentity, servicePrincipal, type TokenSource, workloadIdentity } from './tokens.ts';

const SOURCES: readonly TokenSource[] = [servicePrincipal, workloadIdentity, managedIdentity, azureCli];

/**
 * What the environment and the machine know to open a container with, in the order of Azure's own tools: connection string, account key,
 * SAS token, application, workload identity, managed identity, Azure CLI. Throws `REMOTE_CREDENTIAL_MISSING` where there is nothing.
 */
export async function environmentCredential(
  target: ContainerTarget,
  {
    env,
    clock,
    sources = SOURCES,
  }: { readonly env: NodeJS.ProcessEnv; readonly clock: () => number; readonly sources?: readonly TokenSource[] },
): Promise<AzureCredential> {
  const { AZURE_STORAGE_CONNECTION_STRING: connection, AZURE_STORAGE_SAS_TOKEN: sas } = env;
  const { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key } = env;
  if (connection) return connectionStringCredential(connection, target);
  if (key && (account ?? target.account) === target.account) return { kind: 'key', account: target.account, key };
  if (sas && (account ?? target.account) === target.account) return sasCredential(sas);
  // Tokens go to Azure's own hosts only, so that there is no point in asking for one.
  for (const source of target.isAzure ? sources : []) {
    const get = await source(env);
    if (get) return { kind: 'token', getToken: kept(get, clock) };
  }
  throw new RegistryError(
    'REMOTE_CREDENTIAL_MISSING',
    `Nothing on this machine says who you are to ${target.host}. ${HOW_TO_SIGN_IN}`,
  );
}
