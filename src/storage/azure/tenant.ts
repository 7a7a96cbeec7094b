import { containerTarget } from './container-url.ts';

const ANSWER_MS = 5000;
/** Since this version storage answers requests without a token by saying where one is to be had. */
const API_VERSION = '2021-12-02';

/**
 * The tenant that the storage account of a container belongs to, as its host says to whoever has no token
 * (https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory#bearer-challenge). Undefined for other
 * hosts than Azure's, and where nothing answers in time. Nothing secret is sent.
 */
export async function tenantOf(
  containerUrl: string,
  { ask = fetch, timeoutMs = ANSWER_MS }: { readonly ask?: typeof fetch; readonly timeoutMs?: number } = {},
): Promise<string | undefined> {
  const { isAzure, containerUrl: url } = containerTarget(containerUrl);
  if (!isAzure) return undefined;
  const headers = { Authorization: 'Bearer', 'x-ms-version': API_VERSION };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await ask(`${url}?restype=container`, { headers, signal, redirect: 'manual' });
    return tenantInChallenge(answer.headers.get('www-authenticate') ?? undefined);
  } catch {
    // Offline: the sign-in says so, or the storage when it is asked.
    return undefined;
  }
}

/** The tenant that a challenge names. */
export function tenantInChallenge(challenge: string | undefined): string | undefined {
  return /authorization_uri=\S*?\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//i.exec(challenge ?? '')?.[1];
}
