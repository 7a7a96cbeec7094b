import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './chromium.ts';
import { startCodeServer } from './code-server.ts';
import { fillExtensionsFolder } from './install.ts';

const TIMEOUT_MS = 90_000;

/**
 * Has the workbench run the test module that its address names, and report to the page. A server is asked for that by an option, which the oldest code-server
 * doesn't hand on to the VS Code in it; so what the server tells the page is changed in the page, before any script of it runs.
 */
const LISTEN_TO_TESTS = `
const observer = new MutationObserver(() => {
  const told = document.querySelector('meta#vscode-workbench-web-configuration');
  if (told === null) return;
  observer.disconnect();
  const settings = JSON.parse(told.getAttribute('data-settings'));
  settings.developmentOptions = { ...settings.developmentOptions, enableSmokeTestDriver: true };
  told.setAttribute('data-settings', JSON.stringify(settings));
});
if (window === window.top) observer.observe(document, { childList: true, subtree: true });
`;

export interface HostRun {
  readonly code: number;
  /** What the suite wrote with `console.log`. */
  readonly lines: readonly string[];
  readonly logs: string;
}

/** Runs a bundled test module inside the extension host, with the packaged extension as the one under development. */
export async function runInExtensionHost(
  suiteFile: string,
  workspace: string,
  timeoutMs = TIMEOUT_MS,
): Promise<HostRun> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-host-'));
  const packaged = join(dir, 'packaged');
  await fillExtensionsFolder(dir, packaged);
  const folder = (await readdir(packaged)).find((name) => name.startsWith('model-registry.'));
  if (folder === undefined) throw new Error(`${packaged} holds no extension of ours.`);
  const server = await startCodeServer({
    dir,
    extensionsDir: join(dir, 'extensions'),
    trustsEveryWorkspace: true,
    settings: {
      'workbench.startupEditor': 'none',
      'chat.disableAIFeatures': true,
      // A link asks before it is followed.
      'extensions.confirmedUriHandlerExtensionIds': ['model-registry.model-registry'],
    },
  });
  try {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.addInitScript({ content: LISTEN_TO_TESTS });
      const lines: string[] = [];
      await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
        lines.push(args.map(String).join(' '));
      });
      const ended = new Promise<number>((done) => {
        const timer = setTimeout(() => done(-1), timeoutMs);
        const exit = (code: number) => {
          clearTimeout(timer);
          done(code);
        };
        void page.exposeFunction('codeAutomationExit', exit).catch(() => exit(-1));
      });
      await page.goto(
        `${server.url}/?folder=${encodeURIComponent(workspace)}&payload=${payload(server.url, join(packaged, folder), suiteFile)}`,
        { waitUntil: 'commit' },
      );
      const code = await ended;
      return { code, lines, logs: await server.logs() };
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function payload(url: string, extensionPath: string, suiteFile: string): string {
  const remote = `vscode-remote://${new URL(url).host}`;
  const pairs = [
    ['extensionDevelopmentPath', `${remote}${extensionPath}`],
    ['extensionTestsPath', `${remote}${suiteFile}`],
    ['skipWelcome', 'true'],
  ];
  return encodeURIComponent(JSON.stringify(pairs));
}
