import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, RegistryError, systemErrorCode } from '../base/errors.ts';
import { parsePublicKey } from '../log/ssh/public-key.ts';
import { SIGNATURE_NAMESPACE } from '../log/ssh/signature.ts';
import type { OwnKey } from '../registry/signing.ts';
import { gitIn } from './git-status.ts';

/** A person may be asked for a passphrase or to touch a security key. */
const SIGNING_MS = 120_000;
const MAX_OUTPUT = 64 * 1024;
const KEY_TEXT = /^(?:key::)?((?:ssh|ecdsa|sk)-\S+\s+\S+)/;

interface Configured {
  /** The text of a public key whose private one an agent has, or the file of either. */
  readonly key: string;
  readonly program: string;
}

/**
 * The key that this person signs commits with in git (`user.signingkey`, where `gpg.format` is `ssh`), or the one that
 * `MODEL_REGISTRY_SIGNING_KEY` names. `isInteractive`: there is a terminal on which a passphrase can be asked for.
 */
export function ownKeyIn(
  folder: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly isInteractive: boolean },
): OwnKey {
  let configured: Promise<Configured | undefined> | undefined;
  let known: Promise<string | undefined> | undefined;
  const config = () => {
    configured ??= configuredKey(folder, options.env);
    return configured;
  };
  const run = (program: string, args: readonly string[], input: Uint8Array) =>
    runProgram({ program, args, input, env: options.env, isInteractive: options.isInteractive });

  async function readPublicKey(): Promise<string | undefined> {
    const found = await config();
    if (!found) return undefined;
    const literal = KEY_TEXT.exec(found.key)?.[1];
    const text =
      literal ?? (await publicKeyFile(found.key)) ?? (await run(SSH_KEYGEN, ['-y', '-f', found.key], new Uint8Array()));
    const line = text.trim().split(/\s+/).slice(0, 2).join(' ');
    if (parsePublicKey(line).kind === 'key') return line;
    throw failed(`${found.key} is no SSH key that can be used here`);
  }

  return {
    publicKey() {
      known ??= readPublicKey();
      return known;
    },
    async sign(text) {
      const found = await config();
      if (!found) throw failed('no key is set up');
      const literal = KEY_TEXT.exec(found.key)?.[1];
      const args = ['-Y', 'sign', '-n', SIGNATURE_NAMESPACE];
      if (literal === undefined) return run(found.program, [...args, '-f', found.key], text);
      const dir = await mkdtemp(join(tmpdir(), 'model-registry-key-'));
      try {
        const file = join(dir, 'key.pub');
        await writeFile(file, `${literal}\n`, { mode: 0o600 });
        return await run(found.program, [...args, '-f', file, '-U'], text);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}

const SSH_KEYGEN = 'ssh-keygen';

async function configuredKey(folder: string, env: NodeJS.ProcessEnv): Promise<Configured | undefined> {
  const given = env.MODEL_REGISTRY_SIGNING_KEY;
  if (given) return { key: keyOf(folder, given), program: SSH_KEYGEN };
  const git = await gitIn(folder);
  if (!git) return undefined;
  const value = async (name: string, scope?: 'global' | 'system') => {
    try {
      return (await git.getConfig(name, scope)).value?.trim() || undefined;
    } catch {
      // git isn't installed, or its configuration can't be read.
      return undefined;
    }
  };
  const [format, key] = await Promise.all([value('gpg.format'), value('user.signingkey')]);
  if (format !== 'ssh' || key === undefined) return undefined;
  // A program is taken from this person's own settings only: a repository that came from elsewhere may name any.
  const program = (await value('gpg.ssh.program', 'global')) ?? (await value('gpg.ssh.program', 'system'));
  return { key: keyOf(folder, key), program: program === undefined ? SSH_KEYGEN : withHome(program) };
}

function keyOf(folder: string, value: string): string {
  return KEY_TEXT.test(value) ? value : resolve(folder, withHome(value));
}

function withHome(path: string): string {
  return /^~[/\\]/.test(path) ? join(homedir(), path.slice(2)) : path;
}

/** The public key in a file or beside it; undefined where there is none. */
async function publicKeyFile(path: string): Promise<string | undefined> {
  for (const file of [path, `${path}.pub`]) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (KEY_TEXT.test(text)) return text;
  }
  return undefined;
}

function runProgram(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly input: Uint8Array;
  readonly env: NodeJS.ProcessEnv;
  readonly isInteractive: boolean;
}): Promise<string> {
  const { program, args, input, env, isInteractive } = options;
  return new Promise((settle, reject) => {
    const child = spawn(program, args, {
      // No program of the folder that somebody opened is meant.
      cwd: homedir(),
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      timeout: SIGNING_MS,
      // Without a terminal of its own it can't wait for an answer that nobody sees it ask for.
      detached: !isInteractive && process.platform !== 'win32',
    });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, MAX_OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-MAX_OUTPUT);
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) => {
      const why = systemErrorCode(cause) === 'ENOENT' ? `${program} isn't installed` : messageOf(cause);
      reject(failed(why, cause));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return settle(output);
      const said = errors.trim().split('\n').at(-1) ?? '';
      reject(failed(`${program} ended with ${signal ?? code}${said === '' ? '' : `: ${said}`}`));
    });
    child.stdin.end(input);
  });
}

function failed(why: string, cause?: unknown): RegistryError {
  return new RegistryError(
    'SIGNING_FAILED',
    `It couldn't be signed: ${why}. Load the key into the SSH agent with \`ssh-add\`, or correct git's user.signingkey. Nothing was changed.`,
    cause === undefined ? {} : { cause },
  );
}
