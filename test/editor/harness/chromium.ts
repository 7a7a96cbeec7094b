import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of a Chromium: `CHROME`, else one on the PATH, else Playwright's own, which it tries to install. */
export async function findChromium(): Promise<string> {
  const named = process.env.CHROME;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROME names ${named}, which doesn't exist.`);
  }
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin']) {
    for (const name of NAMES) {
      if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  return await installPlaywrightsOwn();
}

async function installPlaywrightsOwn(): Promise<string> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js');
  const attempt = promisify(execFile)(process.execPath, [cli, 'install', 'chromium'], { timeout: 5 * 60_000 });
  const failure = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined && existsSync(chromium.executablePath())) return chromium.executablePath();
  throw new Error(
    'The editor tests need Chromium and found none. Install it (Debian and Ubuntu: apt-get install chromium), or set CHROME to its path.',
    { cause: failure },
  );
}

/** Starts Chromium without a window. */
export async function launchBrowser(): Promise<Browser> {
  const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'];
  const offline = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';
  return await chromium.launch({
    executablePath: await findChromium(),
    // Without a sandbox because it can't be set up as root, which is who runs tests in a container.
    args: ['--no-sandbox', '--disable-gpu', '--disable-sync', '--disable-dev-shm-usage', offline, ...quiet],
  });
}
