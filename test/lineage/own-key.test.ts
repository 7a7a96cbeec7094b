import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ownKeyIn } from '../../src/lineage/own-key.ts';
import { decodeIntent } from '../../src/log/intent.ts';
import { joinSignedLine, splitSignedLine } from '../../src/log/signed-line.ts';
import { withoutArmor } from '../../src/log/ssh/signature.ts';
import { armored } from '../log/signing-key.ts';
import { temporaryFolder, write } from './folder.ts';

const text = new TextEncoder().encode(
  JSON.stringify({
    id: '01M84GD1DEN1NTENT000000001',
    registryId: '01M84GD1DENREG1STRY0000000',
    by: { name: 'Ann', email: 'ann@example.org' },
    askedAt: '2026-05-03T12:00:00.000Z',
    via: 'cli',
    events: [{ type: 'weather.changed' }],
  }),
);

/** A folder with a repository in it, and a home of its own for its user. */
async function person() {
  const home = await temporaryFolder();
  const folder = join(home, 'work');
  execFileSync('git', ['init', '--quiet', folder]);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const config = (where: '--global' | '--local', ...args: readonly string[]) => {
    const { GIT_CONFIG_GLOBAL: _none, ...env } = process.env;
    execFileSync('git', ['config', where, ...args], { cwd: folder, env });
  };
  return {
    home,
    folder,
    config,
    key(name: string, ...args: readonly string[]): string {
      const file = join(home, name);
      execFileSync('ssh-keygen', ['-q', '-N', '', '-C', `${name}@laptop`, '-f', file, ...args]);
      return file;
    },
    own: (env: NodeJS.ProcessEnv = process.env) => ownKeyIn(folder, { env, isInteractive: false }),
  };
}

const publicPart = async (file: string) => (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');

/** The line of the intent as it would stand in the log. */
async function signedLine(own: ReturnType<typeof ownKeyIn>): Promise<Uint8Array> {
  return joinSignedLine(text, withoutArmor(await own.sign(text)) ?? expect.fail('no signature'));
}

describe('what a person signs with', () => {
  it.each([
    ['-t', 'ed25519'],
    ['-t', 'ecdsa', '-b', '256'],
    ['-t', 'ecdsa', '-b', '384'],
    ['-t', 'ecdsa', '-b', '521'],
    ['-t', 'rsa', '-b', '2048'],
  ])('is what git signs with, and both ssh-keygen and the registry take it (%s %s %s %s)', async (...args) => {
    const ann = await person();
    const file = ann.key('id', ...args);
    ann.config('--global', 'gpg.format', 'ssh');
    ann.config('--global', 'user.signingkey', '~/id.pub');
    const own = ann.own();
    expect(await own.publicKey()).toBe(await publicPart(file));
    const line = await signedLine(own);
    const decoded = decodeIntent(line);
    expect(decoded.kind === 'intent' && decoded.intent.proof?.isGood()).toBe(true);

    // As docs/format.md says how to check a line by hand.
    const split = splitSignedLine(line) ?? expect.fail('nothing signed');
    const signature = await write(ann.home, 'sig', armored(split.signature));
    const allowed = await write(
      ann.home,
      'allowed',
      `ann@example.org namespaces="model-registry" ${await publicPart(file)}\n`,
    );
    const verify = ['-Y', 'verify', '-f', allowed, '-I', 'ann@example.org', '-n', 'model-registry', '-s', signature];
    expect(execFileSync('ssh-keygen', verify, { input: split.text }).toString()).toContain('Good "model-registry"');
    expect(() => execFileSync('ssh-keygen', verify, { input: 'another text', stdio: 'pipe' })).toThrow();
  });

  it('is nobody’s business where git signs with nothing, or in another way', async () => {
    const ann = await person();
    expect(await ann.own().publicKey()).toBeUndefined();
    ann.config('--global', 'user.signingkey', '0xDEADBEEF');
    expect(await ann.own().publicKey()).toBeUndefined();
    await expect(ann.own().sign(text)).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('can be named by the environment, for machines without a person', async () => {
    const ann = await person();
    const file = ann.key('ci');
    const own = ann.own({ ...process.env, MODEL_REGISTRY_SIGNING_KEY: file });
    expect(await own.publicKey()).toBe(await publicPart(file));
    expect(decodeIntent(await signedLine(own)).kind).toBe('intent');
  });

  it('may be in an agent alone, named by its public part', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: its agent listens on a pipe of its own');
    const ann = await person();
    const file = ann.key('agent-key');
    const socket = join(ann.home, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void agent.kill());
    await once(agent.stdout, 'data');
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync('ssh-add', ['-q', file], { env, stdio: 'ignore' });
    await writeFile(file, 'gone');
    ann.config('--global', 'gpg.format', 'ssh');
    ann.config('--global', 'user.signingkey', `key::${await publicPart(file)} ann@laptop`);
    const own = ann.own(env);
    expect(await own.publicKey()).toBe(await publicPart(file));
    const decoded = decodeIntent(await signedLine(own));
    expect(decoded.kind === 'intent' && decoded.intent.proof?.isGood()).toBe(true);
    execFileSync('ssh-add', ['-qD'], { env, stdio: 'ignore' });
    await expect(ann.own(env).sign(text)).rejects.toMatchObject({
      code: 'SIGNING_FAILED',
      message: expect.stringContaining('ssh-add'),
    });
  });

  it('never waits for a passphrase that nobody is there to type, and says what to do', async () => {
    const ann = await person();
    const file = join(ann.home, 'locked');
    execFileSync('ssh-keygen', ['-q', '-N', 'a passphrase', '-f', file]);
    ann.config('--global', 'gpg.format', 'ssh');
    ann.config('--global', 'user.signingkey', file);
    const { DISPLAY: _none, SSH_ASKPASS: _nothing, SSH_AUTH_SOCK: _nobody, ...env } = process.env;
    const own = ann.own(env);
    expect(await own.publicKey()).toBe(await publicPart(file));
    await expect(own.sign(text)).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('signs with a program of this person’s settings, never with one that a repository names', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows: it starts no file by its first line');
    const ann = await person();
    const file = ann.key('id');
    const ran = join(ann.home, 'ran');
    const program = await write(ann.home, 'program.sh', `#!/bin/sh\necho "$0" >> ${ran}\nexec ssh-keygen "$@"\n`);
    await chmod(program, 0o755);
    ann.config('--local', 'gpg.format', 'ssh');
    ann.config('--local', 'user.signingkey', file);
    ann.config('--local', 'gpg.ssh.program', program);
    await ann.own().sign(text);
    await expect(readFile(ran, 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
    ann.config('--global', 'gpg.ssh.program', '~/program.sh');
    await ann.own().sign(text);
    expect(await readFile(ran, 'utf8')).toContain('program.sh');
  });

  it('is refused where the file is no key, or the program isn’t there', async () => {
    const ann = await person();
    ann.config('--global', 'gpg.format', 'ssh');
    ann.config('--global', 'user.signingkey', await write(ann.home, 'nonsense', 'nonsense'));
    await expect(ann.own().publicKey()).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
    ann.config('--global', 'user.signingkey', ann.key('id'));
    ann.config('--global', 'gpg.ssh.program', '/no/such/program');
    await expect(ann.own().sign(text)).rejects.toMatchObject({
      code: 'SIGNING_FAILED',
      message: expect.stringContaining("isn't installed"),
    });
  });
});
