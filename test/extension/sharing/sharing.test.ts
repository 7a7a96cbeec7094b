import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RemoteStatus } from '../../../src/registry/api/sharing.ts';

const session = vi.fn();
vi.mock('vscode', () => ({
  EventEmitter: class {},
  MarkdownString: class {},
  StatusBarAlignment: {},
  ThemeColor: class {},
  authentication: { getSession: (...args: unknown[]) => session(...args) },
}));
const { sharingText } = await import('../../../src/extension/sharing/sharing-status.ts');
const { Credentials } = await import('../../../src/extension/sharing/credentials.ts');
const { TrustedRemotes } = await import('../../../src/extension/sharing/trusted-remotes.ts');

afterEach(() => session.mockReset());

const URL = 'https://contoso.blob.core.windows.net/models';
const status = (rest: Partial<RemoteStatus> = {}): RemoteStatus => ({
  url: URL,
  registryId: '01M84GD1DENREG1STRY0000000',
  upload: 'on-register',
  pending: 0,
  stale: 0,
  refused: 0,
  isSyncing: false,
  ...rest,
});

describe('the status bar', () => {
  it.each<[Partial<RemoteStatus>, string, boolean]>([
    [{}, 'synced', false],
    [{ pending: 2 }, '2 pending', false],
    [{ pending: 1, stale: 1 }, '1 to confirm', true],
    [{ pending: 3, refused: 1 }, '1 refused, 3 pending', true],
  ])('says what matters most: %j', (rest, text, isWarning) => {
    expect(sharingText([status(rest)])).toMatchObject({ text, isWarning });
  });

  it('tells what passes by itself from what needs a person', () => {
    const failed = (code: string) => status({ failure: { code, message: '', since: '2026-05-03T12:00:00.000Z' } });
    expect(sharingText([failed('REMOTE_TIMEOUT')])).toMatchObject({ isWarning: false });
    expect(sharingText([failed('REMOTE_CREDENTIAL_EXPIRED')])).toMatchObject({
      text: expect.stringMatching(/^sign in again, since/),
      isWarning: true,
    });
    expect(sharingText([failed('REMOTE_REWRITTEN')])).toMatchObject({
      text: expect.stringMatching(/^can’t be shared/),
    });
    expect(sharingText([status({ problem: { code: 'OBJECT_DAMAGED', message: '' } })])).toMatchObject({
      text: 'files not shared',
    });
    expect(sharingText([status({ pending: 1 })], true)).toMatchObject({ text: '1 pending, uploads paused' });
  });

  it('says since when the storage is away, which is no warning', () => {
    const failure = { code: 'REMOTE_UNREACHABLE', message: '', since: '2026-05-03T12:00:00.000Z' };
    expect(sharingText([status(), status({ failure, pending: 1 })])).toMatchObject({
      text: expect.stringMatching(/^offline since .*, 1 pending$/),
      isWarning: false,
    });
  });
});

function memory() {
  const values = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  const state = {
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
    keys: () => [...values.keys()],
    setKeysForSync() {},
  };
  const secretStorage = {
    get: async (key: string) => secrets.get(key),
    store: async (key: string, value: string) => void secrets.set(key, value),
    delete: async (key: string) => void secrets.delete(key),
    keys: async () => [...secrets.keys()],
    onDidChange: () => ({ dispose() {} }),
  };
  return { values, secrets, context: { globalState: state, secrets: secretStorage } };
}

describe('credentials', () => {
  it('leave it to the environment until the person chooses', async () => {
    const { context } = memory();
    expect(await new Credentials(context).for(URL, { isSilent: true })).toBeUndefined();
  });

  it('keep a secret in the secret storage and nowhere else', async () => {
    const { context, values, secrets } = memory();
    const credentials = new Credentials(context);
    await credentials.keep(URL, 'sp=rcl&sig=c2VjcmV0');
    expect(await credentials.for(URL, { isSilent: true })).toEqual({ kind: 'sas', token: 'sp=rcl&sig=c2VjcmV0' });
    expect(JSON.stringify([...values])).not.toContain('c2VjcmV0');
    expect([...secrets.values()]).toEqual(['sp=rcl&sig=c2VjcmV0']);
    await credentials.forget(URL);
    expect(secrets.size).toBe(0);
  });

  it('never let another identity take the place of a sign-in or secret that is gone', async () => {
    const { context, secrets } = memory();
    const credentials = new Credentials(context);
    await credentials.keep(URL, 'sp=rcl&sig=c2VjcmV0');
    secrets.clear();
    expect(await credentials.for(URL, { isSilent: true })).toMatchObject({ kind: 'missing' });
    session.mockResolvedValueOnce({ accessToken: 'token', account: { id: 'a', label: 'ann@contoso.com' } });
    expect(await credentials.signIn(URL, { tenant: 'contoso.com' })).toBe('ann@contoso.com');
    expect(credentials.describe(URL)).toBe('ann@contoso.com, tenant contoso.com');
    expect(session.mock.calls[0]?.[1]).toContain('VSCODE_TENANT:contoso.com');
    session.mockResolvedValueOnce(undefined);
    expect(await credentials.for(URL, { isSilent: true })).toMatchObject({ kind: 'missing' });
    expect(session.mock.calls[1]?.[2]).toEqual({ silent: true, account: { id: 'a', label: 'ann@contoso.com' } });
  });
});

describe('a sign-in', () => {
  const jwt = (exp: number) => `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;

  it('asks for another account where the person wants one, and goes on with the one that was chosen', async () => {
    const credentials = new Credentials(memory().context);
    session.mockResolvedValueOnce({ accessToken: 'token', account: { id: 'b', label: 'bob@contoso.com' } });
    await credentials.signIn(URL, { account: 'new' });
    expect(session.mock.calls[0]?.[2]).toEqual({ createIfNone: true, clearSessionPreference: true });
    const exp = Math.floor(Date.now() / 1000) + 1234;
    session.mockResolvedValueOnce({ accessToken: jwt(exp), account: { id: 'b', label: 'bob@contoso.com' } });
    expect(await credentials.for(URL, { isSilent: true })).toMatchObject({ kind: 'token', expiresAt: exp * 1000 });
    expect(session.mock.calls[1]?.[2]).toMatchObject({ account: { id: 'b' } });
  });

  it('changes nothing where the person leaves', async () => {
    const { context, values } = memory();
    session.mockResolvedValueOnce(undefined);
    await expect(new Credentials(context).signIn(URL, {})).rejects.toMatchObject({ code: 'SIGN_IN_FAILED' });
    expect(values.size).toBe(0);
  });

  it('says how a container is opened, without a secret', async () => {
    const credentials = new Credentials(memory().context);
    expect(credentials.describe(URL)).toBe('by the environment');
    await credentials.keep(URL, 'sp=rcl&se=2027-01-02T00:00:00Z&sig=c2VjcmV0');
    expect(credentials.describe(URL)).toBe('by a SAS token until 2027-01-02');
    await credentials.keep(URL, 'AccountName=contoso;AccountKey=c2VjcmV0');
    expect(credentials.describe(URL)).toBe('by a connection string');
  });
});

describe('a remote that a project proposes', () => {
  it('is asked about once for each folder and URL', async () => {
    const { context } = memory();
    const remotes = new TrustedRemotes(context.globalState);
    const [one, other] = ['file:///a', 'file:///b'].map((text) => ({ toString: () => text }));
    if (!one || !other) expect.fail();
    await remotes.remember(one, URL, 'no');
    expect(remotes.answerFor(one, URL)).toBe('no');
    expect(remotes.answerFor(other, URL)).toBeUndefined();
    expect(remotes.answerFor(one, `${URL}2`)).toBeUndefined();
  });
});
