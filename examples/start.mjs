// `npm start`: opens the extension on a fresh copy of examples/fraud-detector, in desktop VS Code where `code` is on the PATH,
// else in code-server. Ctrl-C ends the editor and removes the copy.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { copyExample } from './copy-example.mjs';

const root = resolve(import.meta.dirname, '..');
const vsix = join(root, 'out/model-registry.vsix');
const isWindows = process.platform === 'win32';

await runToEnd('npm', ['run', '--silent', 'package'], root);

const dir = await mkdtemp(join(tmpdir(), 'model-registry-start-'));
const ending = [() => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })];
const interrupted = new Promise((done) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => done(signal));
});

try {
  const workspace = join(dir, 'fraud-detector');
  await copyExample(workspace);
  if (hasDesktopEditor()) await openDesktop(workspace);
  else await openInBrowser(workspace);
} finally {
  for (const end of ending.reverse()) await end();
}

function hasDesktopEditor() {
  const names = isWindows ? ['code.cmd', 'code.exe'] : ['code'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

async function openDesktop(workspace) {
  const own = ['--user-data-dir', join(dir, 'user-data'), '--extensions-dir', join(dir, 'extensions')];
  await runToEnd('code', [...own, '--install-extension', vsix], root);
  console.log(`VS Code opens ${workspace}, a copy of the example. Close its window or press Ctrl-C here to end.`);
  const editor = spawn('code', [...own, '--disable-workspace-trust', '--new-window', '--wait', workspace], {
    stdio: 'inherit',
    shell: isWindows,
  });
  const closed = new Promise((done, fail) => editor.on('error', fail).on('exit', done));
  await Promise.race([closed, interrupted]);
  editor.kill();
}

async function openInBrowser(workspace) {
  const { installVsix, startCodeServer } = await import('../test/editor/harness/code-server.ts');
  const extensionsDir = join(dir, 'extensions');
  await installVsix(vsix, dir, extensionsDir);
  const server = await startCodeServer({
    dir,
    extensionsDir,
    home: homedir(),
    trustsEveryWorkspace: true,
    settings: {
      'workbench.startupEditor': 'none',
      'workbench.secondarySideBar.defaultVisibility': 'hidden',
      'chat.disableAIFeatures': true,
      'telemetry.telemetryLevel': 'off',
    },
    ...(process.env.PORT === undefined ? {} : { port: Number(process.env.PORT) }),
  });
  ending.push(() => server.stop());
  console.log('');
  console.log(`Open ${server.url}/?folder=${encodeURI(workspace)}`);
  console.log(`The folder is a copy of the example. Ctrl-C ends the editor and removes the copy.`);
  await interrupted;
  console.log('\nEnding');
}

async function runToEnd(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], shell: isWindows });
  const code = await new Promise((done, fail) => child.on('error', fail).on('exit', done));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}.`);
}
