import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { RegistryError } from '../base/errors.ts';
import { type OperationOptions, withSpeed } from '../base/progress.ts';
import type { Author } from '../catalog/read-models/author.ts';
import type { LogHead } from '../registry/api/log.ts';
import type { Registry } from '../registry/api/registry.ts';
import type { RemoteStatus } from '../registry/api/sharing.ts';
import { attachRemote } from '../registry/shared/attach.ts';
import { detachRemote } from '../registry/shared/attachment.ts';
import { remoteConnector } from '../registry/shared/connect.ts';
import { keepInSync, type Syncing } from '../registry/shared/keep-in-sync.ts';
import type { OwnKey } from '../registry/signing.ts';
import type { AzureCredential } from '../storage/azure/credentials.ts';
import { FORMAT_KEY } from '../storage/layout.ts';
import { type GivenCredential, givenCredentialSchema, type RegistryThreadEvent } from './registry-messages.ts';
import { type ServingWatch, watchServing } from './serving-watch.ts';

const attachSchema = v.object({
  url: v.string(),
  isPreview: v.boolean(),
  upload: v.exactOptional(v.picklist(['on-register', 'on-promote'])),
});
const answerSchema = v.object({ id: v.number(), credential: v.optional(givenCredentialSchema) });
const focusSchema = v.object({ isFocused: v.boolean() });
const pauseSchema = v.object({ isPaused: v.boolean() });
/** A person may be asked to sign in meanwhile. */
const ANSWER_MS = 5 * 60_000;
const PROGRESS_MS = 250;

/** The shared side of the registry that a thread has open. */
export interface Sharing {
  readonly connect: ReturnType<typeof remoteConnector>;
  /** Keeps a registry in sync that was just opened. */
  follow(registry: Registry): void;
  /** Stops that, before the registry is closed. */
  leave(): Promise<void>;
  /** To be called after somebody else synced: how the registry stands is told anew. */
  looked(): void;
  /** Whether another process attached or detached the registry since the last look. */
  hasMoved(): Promise<boolean>;
  /** Answers what the extension asks; undefined for what isn't about sharing. */
  answer(name: string, args: unknown, operation: OperationOptions): Promise<{ readonly value: unknown } | undefined>;
}

export function sharingOf(options: {
  readonly dir: string;
  readonly author: () => Promise<Author>;
  readonly ownKey: OwnKey;
  /** The commit that the project says a shared registry has. */
  readonly pinned: (url: string) => Promise<LogHead | undefined>;
  readonly emit: (event: RegistryThreadEvent) => void;
  /** Opens the registry anew. */
  readonly reopen: () => Promise<void>;
}): Sharing {
  const { dir, author, ownKey, pinned, emit, reopen } = options;
  const waiting = new Map<number, (credential: GivenCredential | undefined) => void>();
  let lastId = 0;
  let syncing: Syncing | undefined;
  let serving: ServingWatch | undefined;
  let isFocused = true;
  let isPaused = false;
  let seen: string | undefined;
  let told: string | undefined;
  let look = () => {};
  let toldProgressAt = 0;

  const connect = remoteConnector({
    clock: Date.now,
    env: process.env,
    credentialFor: async ({ containerUrl, isAzure }) => {
      const first = await ask(containerUrl);
      if (!first) return undefined;
      if (first.kind === 'missing') throw new RegistryError('SIGN_IN_FAILED', first.message);
      if (first.kind === 'connectionString') {
        const { connectionStringCredential } = await import('../storage/azure/credentials.ts');
        const { containerTarget } = await import('../storage/azure/container-url.ts');
        return connectionStringCredential(first.text, containerTarget(containerUrl));
      }
      if (first.kind === 'sas') return { kind: 'sas', token: first.token };
      if (!isAzure) return undefined;
      return signedIn(containerUrl, first);
    },
  });

  /** Tokens hold for an hour or so: the extension is asked again, which asks the person only where it must. */
  function signedIn(url: string, first: Extract<GivenCredential, { kind: 'token' }>): AzureCredential {
    let token = first;
    return {
      kind: 'token',
      async getToken() {
        if (token.expiresAt - Date.now() < 60_000) {
          const next = await ask(url);
          if (next?.kind !== 'token') {
            throw new RegistryError('SIGN_IN_FAILED', 'The sign-in has ended. Connect the shared storage again.');
          }
          token = next;
        }
        return token;
      },
    };
  }

  function ask(url: string): Promise<GivenCredential | undefined> {
    lastId += 1;
    const id = lastId;
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiting.get(id)?.(undefined), ANSWER_MS);
      waiting.set(id, (credential) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(credential);
      });
      emit({ kind: 'credentialWanted', id, url });
    });
  }

  const tellTransfer = withSpeed((progress) => {
    const now = Date.now();
    if (now - toldProgressAt < PROGRESS_MS) return;
    toldProgressAt = now;
    emit({ kind: 'transfer', progress });
  });

  /** Each look is told only if it says something new: the moment of the last agreement alone doesn't. */
  function tell(status: RemoteStatus | undefined): void {
    if (status && !status.failure && !status.isSyncing) syncing?.reached();
    const { isSyncing: _isSyncing, syncedAt: _syncedAt, cost: _cost, ...rest } = status ?? {};
    const text = status ? JSON.stringify([rest, status.syncedAt === undefined, isPaused]) : '';
    if (text === told) return;
    told = text;
    emit({ kind: 'sharing', isPaused, ...(status ? { status } : {}) });
  }

  /** Changes with what the registry is attached to, and where it was removed or another one came to its place. */
  async function fingerprint(): Promise<string> {
    const files = ['remote.json', FORMAT_KEY].map((name) =>
      stat(join(dir, name)).then(
        ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
        () => '',
      ),
    );
    return (await Promise.all(files)).join('; ');
  }

  return {
    connect,
    follow(registry) {
      if (registry.location.remoteUrl === undefined) return tell(undefined);
      const show = () => void registry.remote().then(tell, () => undefined);
      look = show;
      syncing = keepInSync({
        sync: (request, operation) => registry.sync(request, operation),
        onChange: show,
        onTransfer: (progress) => {
          if (!progress) return emit({ kind: 'transfer' });
          if (progress.totalBytes !== undefined) tellTransfer(progress);
        },
      });
      syncing.setPaused(isPaused);
      syncing.setFocused(isFocused);
      serving = watchServing({ registry, onChange: () => emit({ kind: 'changed', head: 0 }) });
      serving.setFocused(isFocused);
      registry.onDidChange(() => {
        show();
        serving?.soon();
        void registry.remote().then(
          (status) => {
            if ((status?.pending ?? 0) > 0) syncing?.soon();
          },
          () => undefined,
        );
      });
    },
    async leave() {
      const last = [syncing, serving];
      look = () => {};
      syncing = undefined;
      serving = undefined;
      await Promise.all(last.map((one) => one?.stop()));
    },
    looked: () => look(),
    async hasMoved() {
      const before = seen;
      seen = await fingerprint();
      return before !== undefined && before !== seen;
    },
    async answer(name, args, operation) {
      switch (name) {
        case 'credential': {
          const { id, credential } = v.parse(answerSchema, args);
          waiting.get(id)?.(credential);
          return { value: undefined };
        }
        case 'focus':
          isFocused = v.parse(focusSchema, args).isFocused;
          syncing?.setFocused(isFocused);
          serving?.setFocused(isFocused);
          return { value: undefined };
        case 'pause':
          isPaused = v.parse(pauseSchema, args).isPaused;
          syncing?.setPaused(isPaused);
          look();
          return { value: undefined };
        case 'attach': {
          const { url, isPreview, upload } = v.parse(attachSchema, args);
          const [by, head] = await Promise.all([author(), pinned(url)]);
          const request = { dir, url, isPreview, author: by, ownKey, via: 'editor' as const, connect, clock: Date.now };
          const value = await attachRemote({
            ...request,
            ...operation,
            workerFile: __filename,
            ...(upload ? { upload } : {}),
            ...(head ? { pinned: head } : {}),
          });
          if (!isPreview) await reopen();
          return { value };
        }
        case 'detach': {
          const value = await detachRemote(dir);
          await reopen();
          return { value };
        }
        default:
          return undefined;
      }
    },
  };
}
