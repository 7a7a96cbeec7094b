import { execFileSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildCommandLine, type CommandLine } from './harness/command-line.ts';
import { gitProject, type Workspace } from './harness/workspace.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let cli: CommandLine;
beforeAll(async () => {
  cli = await buildCommandLine();
});
afterAll(() => cli.dispose());

/** A home with an SSH key that git signs with. */
async function home(
  work: Workspace,
  name: string,
): Promise<{ readonly env: NodeJS.ProcessEnv; readonly publicKey: string }> {
  const dir = join(work.dir, 'homes', name);
  await mkdir(dir, { recursive: true });
  const file = join(dir, 'id');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@laptop`, '-f', file]);
  await work.write(`homes/${name}/.gitconfig`, `[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = ${file}.pub\n`);
  return { env: { HOME: dir, XDG_CONFIG_HOME: dir }, publicKey: (await readFile(`${file}.pub`, 'utf8')).trim() };
}

it('shows what a policy changes, applies it, and lets nobody past it without a signature', async () => {
  const work = await gitProject();
  try {
    const [ann, eve] = [await home(work, 'ann'), await home(work, 'eve')];
    const run = (env: NodeJS.ProcessEnv, ...args: readonly string[]) => cli.run(args, { cwd: work.dir, env });
    await run(ann.env, 'init');
    await run(ann.env, 'register', 'fraud', 'models/fraud');
    await work.write(
      'policy.yaml',
      `override: never\nsignatures: [stages]\nsigners:\n  - person: ann@example.org\n    key: ${ann.publicKey}\ngates:\n  production:\n    - metric: auc\n      vs: production\n      max-drop: 0.01\n`,
    );
    expect((await run(ann.env, 'policy', 'show', 'fraud')).stdout).toContain('fraud has no policy');
    expect(await run(ann.env, 'policy', 'apply', 'fraud', 'policy.yaml')).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(
        /- a gate that fails: can be overridden.*\n {2}\+ gate of production: auc no more than 0\.01 below.*\n.*never/,
      ),
      stderr: expect.stringContaining('--yes'),
    });
    expect(await run(eve.env, 'policy', 'apply', 'fraud', 'policy.yaml', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('SIGNATURE_NEEDED'),
    });
    expect((await run(ann.env, 'policy', 'apply', 'fraud', 'policy.yaml', '--dry-run')).stdout).not.toContain(
      'Set the policy',
    );
    const applied = await run(ann.env, '--json', 'policy', 'apply', 'fraud', 'policy.yaml', '--yes');
    expect(JSON.parse(applied.stdout)).toMatchObject({ model: 'fraud', applied: true, digest: null, pending: false });
    const again = await run(ann.env, 'policy', 'apply', 'fraud', 'policy.yaml', '--yes');
    expect(again.stdout).toContain('is this already');
    expect((await run(ann.env, 'policy', 'show', 'fraud')).stdout).toMatch(
      /signer: ann@example\.org +ssh-ed25519 SHA256:(\S+)[\s\S]*You sign with SHA256:\1/,
    );
    const shown = JSON.parse((await run(eve.env, '--json', 'policy', 'show', 'fraud')).stdout);
    expect(shown.policy.signers).toEqual([
      { person: 'ann@example.org', key: ann.publicKey.split(' ').slice(0, 2).join(' ') },
    ]);

    const move = ['promote', 'fraud@1', 'staging', '--reason', 'try'];
    expect(await run(eve.env, ...move)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has to be signed by ann@example.org'),
    });
    expect(await run(ann.env, ...move)).toMatchObject({ code: 0 });
    expect((await run(eve.env, 'log')).stdout).toMatch(
      /Promoted fraud@1 to staging\n.*<ann@example\.org> \(signed\)[\s\S]*Registered fraud@1\n.*\(claimed\)/,
    );
    expect((await run(eve.env, 'show', 'fraud@1')).stdout).toMatch(
      /staging since .*\(signed\)\n *registered.*\(claimed\)/,
    );
    const version = JSON.parse((await run(eve.env, '--json', 'show', 'fraud@1')).stdout);
    expect(version).toMatchObject({ stageBy: { signer: 'ann@example.org' }, createdBy: { email: 'ann@example.org' } });
    expect(version.createdBy).not.toHaveProperty('signer');

    // From the project file, gates stay as they are.
    await work.write(
      'model-registry.yaml',
      `models:\n  fraud:\n    outputs: [models/fraud]\n    policy:\n      override: allowed\n`,
    );
    expect(await run(eve.env, 'policy', 'apply', 'fraud', '--from', 'model-registry.yaml', '--yes')).toMatchObject({
      code: 1,
    });
    const from = await run(ann.env, 'policy', 'apply', 'fraud', '--from', 'model-registry.yaml', '--yes');
    expect(from.stdout).toMatch(
      / {4}gate of production: auc[\s\S]*- signer: ann@example\.org[\s\S]*Set the policy of fraud/,
    );
    expect(await run(eve.env, 'archive', 'fraud@1', '--reason', 'free again')).toMatchObject({ code: 0 });

    // Its gates, as far as the log can judge them; the policy stays as it is.
    await work.write(
      'model-registry.yaml',
      `models:
  fraud:
    outputs: [models/fraud]
    gates:
      staging: [{metric: auc, min: 0.99}, {approvals: 2}, {max-size: 1 GB}]
      production: [{metric: auc, vs: production, max-drop: 1 %}]
`,
    );
    const gated = await run(ann.env, 'policy', 'apply', 'fraud', '--from', 'model-registry.yaml', '--yes');
    expect(gated.stdout).toMatch(
      /- gate of production: auc no more than 0\.01[\s\S]*\+ gate of staging: auc at least 0\.99\n.*\+ gate of staging: 2 approvals\n.*\+ gate of staging: size: at most 1 GB, as it was recorded\n.*\+ gate of production: auc: at most 1 % worse than production, as it was recorded\nSet the policy/,
    );
    await work.write('model-registry.yaml', 'models:\n  fraud:\n    outputs: [models/fraud]\n');
    // Whoever has no such file is held back all the same.
    expect(await run(eve.env, 'promote', 'fraud@1', 'staging', '--reason', 'try')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/GATE_FAILED.*auc is not recorded; 0 of 2 approvals/),
    });
    expect(await run(ann.env, 'policy', 'apply', 'fraud', '--from', 'model-registry.yaml', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('POLICY_MISSING'),
    });

    for (const [file, text, said] of [
      ['bad.yaml', 'signers: [', 'bad.yaml'],
      ['bad.yaml', 'signerz: []', 'signerz'],
      ['bad.yaml', 'signatures: [all]', 'names nobody'],
      ['missing.yaml', undefined, 'There is no file'],
    ] as const) {
      if (text !== undefined) await work.write(file, text);
      expect(await run(ann.env, 'policy', 'apply', 'fraud', file, '--yes')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(said),
      });
    }
    expect(await run(ann.env, 'policy', 'apply', 'fraud')).toMatchObject({ code: 2 });
  } finally {
    await work.dispose();
  }
});
