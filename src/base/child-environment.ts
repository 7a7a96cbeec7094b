/** Variables by which this program, and no command of a project, gets at shared storage and signs what it sends. */
const CREDENTIALS = /^(AZURE_STORAGE_|AZURE_CLIENT_SECRET$|AZURE_FEDERATED_TOKEN_FILE$|MODEL_REGISTRY_WEBHOOK_SECRET)/i;

/** What commands of a project file see of this process's environment: all of it but credentials that were given to this program. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !CREDENTIALS.test(name)));
}
