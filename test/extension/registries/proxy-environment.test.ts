import { describe, expect, it, vi } from 'vitest';

const settings: Record<string, unknown> = {};
vi.mock('vscode', () => ({
  workspace: { getConfiguration: () => ({ get: (name: string) => settings[name] }) },
}));
const { proxyEnvironment } = await import('../../../src/extension/registries/proxy-environment.ts');

const PROXY = 'http://proxy.contoso.com:8080';

describe('the environment of a thread', () => {
  it.each<[Record<string, unknown>, NodeJS.ProcessEnv, string | undefined]>([
    [{}, { PATH: '/bin' }, undefined],
    [{ proxy: PROXY }, {}, PROXY],
    [{ proxy: PROXY, proxySupport: 'off' }, {}, undefined],
    [{ proxy: PROXY, proxySupport: 'fallback' }, { HTTPS_PROXY: 'http://mine:1' }, 'http://mine:1'],
    [{ proxy: PROXY, proxySupport: 'override' }, { HTTPS_PROXY: 'http://mine:1' }, PROXY],
    [{ proxy: 7 }, {}, undefined],
  ])('has the proxy that the editor is set to: %j, %j', (set, env, proxy) => {
    for (const name of Object.keys(settings)) delete settings[name];
    Object.assign(settings, set);
    expect(proxyEnvironment(env).HTTPS_PROXY).toBe(proxy);
    expect(proxyEnvironment(env).PATH).toBe(env.PATH);
  });

  it('has the hosts that go around it', () => {
    Object.assign(settings, { proxy: PROXY, proxySupport: 'on', noProxy: ['.contoso.com', 'localhost'] });
    expect(proxyEnvironment({})).toMatchObject({ HTTPS_PROXY: PROXY, NO_PROXY: '.contoso.com,localhost' });
  });
});
