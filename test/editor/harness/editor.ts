import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { type CodeServer, installVsix, startCodeServer } from './code-server.ts';
import { fillExtensionsFolder, repositoryRoot } from './install.ts';
import { Workbench } from './workbench.ts';

export type Theme = 'dark' | 'light' | 'high-contrast' | 'high-contrast-light';

export const THEMES: Readonly<Record<Theme, string>> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

export interface EditorOptions {
  /** Absolute path of the folder, or of the `.code-workspace` file, to open. */
  readonly workspace: string;
  readonly theme?: Theme;
  /** Added to the settings that keep the screen calm. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly viewport?: { readonly width: number; readonly height: number };
  /** How long anything may take that is waited for: 30 s unless given, and twice that for a window. */
  readonly timeoutMs?: number;
  /** Pixels of a picture for each of the viewport: 1 unless given. */
  readonly deviceScaleFactor?: number;
  /** False opens the folder in Restricted Mode. */
  readonly isTrusted?: boolean;
  /** Variables for the extension host and the terminals. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Another extension than the one that this repository packages. */
  readonly vsix?: string;
  /** Packaged extensions beside it. */
  readonly alsoInstalled?: readonly string[];
  /** Called with the page of each window before it goes anywhere. */
  readonly beforeWindow?: (page: Page) => Promise<void>;
}

export interface Editor {
  readonly page: Page;
  readonly workbench: Workbench;
  readonly url: string;
  /** Home folder of the editor's terminals and extension host. */
  readonly home: string;
  /** A further window on the same server, on the same or another folder. */
  openWindow(workspace?: string): Promise<Workbench>;
  /** Writes `out/screenshots/<name>.png`. */
  screenshot(name: string): Promise<string>;
  /** Ends the process of the extensions as a crash does. */
  crashExtensions(): Promise<void>;
  /** What the extension host, the server and the page's console said. */
  diagnostics(): Promise<string>;
  close(): Promise<void>;
}

const open = new Set<Editor>();

/** Starts an editor with the packaged extension and opens a folder in it. Close it: it holds processes. */
export async function openEditor(options: EditorOptions): Promise<Editor> {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-editor-'));
  const closing: (() => Promise<unknown>)[] = [
    () => rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  ];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const extensionsDir = join(dir, 'extensions');
    await fillExtensionsFolder(dir, extensionsDir, options.vsix);
    for (const vsix of options.alsoInstalled ?? []) await installVsix(vsix, dir, extensionsDir);
    const server = await startCodeServer({
      dir,
      extensionsDir,
      trustsEveryWorkspace: options.isTrusted ?? true,
      settings: { ...calmSettings(options.theme ?? 'dark'), ...options.settings },
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    });
    closing.push(() => server.stop());
    const browser = await launchBrowser();
    closing.push(() => browser.close());
    const context = await newContext(browser, options);
    const editor = await describeEditor(server, context, options, close);
    open.add(editor);
    closing.push(async () => open.delete(editor));
    return editor;
  } catch (error) {
    await close();
    throw error;
  }
}

async function describeEditor(
  server: CodeServer,
  context: BrowserContext,
  options: EditorOptions,
  close: () => Promise<void>,
): Promise<Editor> {
  const consoleLines: string[] = [];
  const openWindow = async (workspace = options.workspace) => {
    const page = await context.newPage();
    await options.beforeWindow?.(page);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        consoleLines.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => consoleLines.push(`thrown: ${error.message}`));
    const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
    await page.goto(`${server.url}/?${kind}=${encodeURIComponent(workspace)}`);
    const workbench = new Workbench(page);
    await workbench.waitUntilReady(2 * (options.timeoutMs ?? 30_000));
    return workbench;
  };
  const diagnostics = async () => `${await server.logs()}\n== console\n${consoleLines.join('\n')}`;
  const workbench = await openWindow().catch(async (error: unknown) => {
    throw new Error(`The editor didn't open.\n${await diagnostics()}`, { cause: error });
  });
  return {
    page: workbench.page,
    workbench,
    url: server.url,
    home: server.home,
    openWindow,
    crashExtensions: () => crashExtensions(server.home),
    screenshot: (name) => takeScreenshot(workbench.page, 'screenshots', name),
    diagnostics,
    close,
  };
}

/** Of all editors on this machine, the one with this home. */
async function crashExtensions(home: string): Promise<void> {
  const textOf = (id: string, file: string) => readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  let count = 0;
  for (const id of ids) {
    if (!(await textOf(id, 'cmdline')).includes('--type=extensionHost')) continue;
    if (!(await textOf(id, 'environ')).split('\0').includes(`HOME=${home}`)) continue;
    process.kill(Number(id), 'SIGKILL');
    count += 1;
  }
  if (count === 0) throw new Error('No process of extensions was found.');
}

async function newContext(browser: Browser, options: EditorOptions): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1400, height: 900 },
    deviceScaleFactor: options.deviceScaleFactor ?? 1,
    colorScheme: options.theme?.includes('light') === true ? 'light' : 'dark',
    forcedColors: 'none',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(options.timeoutMs ?? 30_000);
  return context;
}

/** No tips, no assistants, no animation: what remains on the screen is the product. */
function calmSettings(theme: Theme): Readonly<Record<string, unknown>> {
  return {
    'workbench.colorTheme': THEMES[theme],
    'window.autoDetectColorScheme': false,
    'window.autoDetectHighContrast': false,
    'workbench.startupEditor': 'none',
    'workbench.tips.enabled': false,
    'workbench.reduceMotion': 'on',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.enableExperiments': false,
    'chat.disableAIFeatures': true,
    'editor.cursorBlinking': 'solid',
    'extensions.ignoreRecommendations': true,
    'extensions.autoUpdate': false,
    'extensions.autoCheckUpdates': false,
    'telemetry.telemetryLevel': 'off',
    'update.showReleaseNotes': false,
    'git.openRepositoryInParentFolders': 'never',
    'git.autofetch': false,
    'files.simpleDialog.enable': true,
    // The editor looks for ports of programs that tests start beside it, and offers to open them.
    'remote.autoForwardPorts': false,
    // Where a folder isn't to be trusted, nobody is there to say so.
    'security.workspace.trust.startupPrompt': 'never',
  };
}

/** Writes the picture and the logs of every open editor to out/failures when a test of this file fails. Call it once at the top. */
export function keepEvidenceOfFailures(): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replace(/[^\w]+/g, '-').slice(0, 80);
    for (const editor of open) {
      const picture = await takeScreenshot(editor.page, 'failures', name).catch(
        (error: unknown) => `no picture: ${String(error)}`,
      );
      await writeFailure(`${name}.log`, await editor.diagnostics());
      console.error(`Evidence: ${picture} and the .log beside it`);
    }
  });
}

/** Writes a text to out/failures. */
export async function writeFailure(name: string, text: string): Promise<void> {
  const folder = join(repositoryRoot, 'out/failures');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), text);
}

async function takeScreenshot(page: Page, folder: string, name: string): Promise<string> {
  const path = join(repositoryRoot, 'out', folder, `${name}.png`);
  await mkdir(join(repositoryRoot, 'out', folder), { recursive: true });
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}
