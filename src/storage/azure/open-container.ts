import { AnonymousCredential, ContainerClient, newPipeline, StorageSharedKeyCredential } from '@azure/storage-blob';
import { RegistryError } from '../../base/errors.ts';
import type { ObjectStore } from '../object-store.ts';
import { containerStore } from './container-store.ts';
import type { ContainerTarget } from './container-url.ts';
import { type AzureCredential, checkHost } from './credentials.ts';
import { explain } from './explain.ts';
import { type RequestMeter, requestMeter } from './request-meter.ts';
import { trustSystemCertificates } from './system-certificates.ts';

export interface OpenContainer {
  readonly store: ObjectStore;
  readonly meter: RequestMeter;
}

/** A container as a store. Nothing is asked yet. Throws `CREDENTIAL_MISMATCH` where the credential isn't for this host. */
export function openContainer(options: {
  readonly target: ContainerTarget;
  readonly credential: AzureCredential;
  readonly clock: () => number;
  readonly idleMs?: number;
  readonly tries?: number;
}): OpenContainer {
  const { target, credential, clock, idleMs, tries } = options;
  checkHost(credential, target);
  const meter = requestMeter(clock);
  const pipelineOptions = {
    // The store decides what may be asked again, and a redirect could take a secret to another host.
    retryOptions: { maxTries: 1 },
    redirectOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: 'model-registry' },
  };
  const url = credential.kind === 'sas' ? `${target.containerUrl}?${credential.token}` : target.containerUrl;
  const client = new ContainerClient(url, newPipeline(sdkCredential(credential, target), pipelineOptions));
  const store = containerStore({
    client,
    prefix: target.prefix,
    meter,
    explain(error, access) {
      const explained = explain(error, access, {
        target,
        credential,
        now: clock(),
        skewMs: meter.skewMs(),
        isProxied: isProxied(target),
      });
      if (explained.code !== 'REMOTE_TLS' || !trustSystemCertificates()) return explained;
      return new RegistryError(
        'REMOTE_INTERRUPTED',
        `The certificate of ${target.host} isn't among those that this program brings. It is tried again with those of the system.`,
      );
    },
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(tries === undefined ? {} : { tries }),
  });
  return { store, meter };
}

/** By the variables that the SDK goes by. */
function isProxied({ origin, isLoopback }: ContainerTarget): boolean {
  const { HTTPS_PROXY, https_proxy, ALL_PROXY, all_proxy } = process.env;
  return origin.startsWith('https:') && !isLoopback && Boolean(HTTPS_PROXY || https_proxy || ALL_PROXY || all_proxy);
}

function sdkCredential(credential: AzureCredential, target: ContainerTarget) {
  if (credential.kind === 'sas') return new AnonymousCredential();
  if (credential.kind === 'token') {
    return {
      async getToken() {
        const { token, expiresAt } = await credential.getToken();
        return { token, expiresOnTimestamp: expiresAt };
      },
    };
  }
  try {
    return new StorageSharedKeyCredential(credential.account, credential.key);
  } catch {
    throw new RegistryError(
      'CREDENTIAL_INVALID',
      `The account key for ${target.account} isn't one. Copy the connection string again.`,
    );
  }
}
