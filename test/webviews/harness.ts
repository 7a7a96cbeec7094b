import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { type Language, speak } from '../../src/base/language.ts';
import type { OperationOptions } from '../../src/base/progress.ts';
import { numberBefore } from '../../src/base/request-numbers.ts';
import type { FactsPageData, RequestHandlers, TensorComparisonPageData } from '../../src/extension/messages/answers.ts';
import type { PageData, PageKind } from '../../src/extension/messages/page-data.ts';
import type {
  DecisionRequest,
  DecisionResult,
  ReviewGates,
  VersionGates,
} from '../../src/extension/messages/review.ts';
import type { FilePreview } from '../../src/extension/messages/version.ts';
import { pageAnswers } from '../../src/extension/pages/answer.ts';
import { pageHtml, scriptOf } from '../../src/extension/pages/html.ts';
import { messageWithoutOverrides, withoutOverrides } from '../../src/extension/pages/overrides.ts';
import type { CodeBetween } from '../../src/lineage/code-history.ts';
import type { TensorQuery, TensorRows } from '../../src/modelfiles/tensor-rows.ts';
import type { ComparedTensorQuery, ComparedTensorRows } from '../../src/modelfiles/tensors/compared-rows.ts';
import type { CardFile } from '../../src/registry/api/card.ts';
import type { MetricCourses } from '../../src/registry/api/facts.ts';
import type { MetricTrend } from '../../src/registry/api/listing.ts';
import { launchBrowser } from '../editor/harness/chromium.ts';
import { builtOnce } from '../house/builds.ts';
import { type ThemeName, themeScript } from './themes.ts';

const root = join(import.meta.dirname, '../..');
const origin = 'http://pages.test';
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
};

/** A message that the page sent and the contract accepted, without its number. */
export type Sent = { readonly method: string; readonly params: unknown };

export interface OpenOptions<K extends PageKind> {
  readonly kind: K;
  /** Called at every load; throws to fail, never resolves to hang. */
  readonly data: () => Promise<PageData[K]>;
  /** What the page comes with. */
  readonly comesWith?: PageData[K];
  /** How many pages its webview showed before. */
  readonly turn?: number;
  /** The next page takes its place. */
  readonly isPreview?: boolean;
  /** Answers for the table of tensors. */
  readonly tensors?: (query: TensorQuery) => TensorRows;
  /** What the files of the version say. */
  readonly facts?: () => Promise<FactsPageData>;
  readonly history?: MetricCourses;
  readonly trends?: readonly MetricTrend[];
  /** What a version's page asks for beside its data isn't answered before. */
  readonly late?: Promise<void>;
  readonly cardFile?: CardFile;
  readonly preview?: (file: { readonly path: string; readonly versionId: string }) => FilePreview;
  readonly compareTensors?: (operation: OperationOptions) => Promise<TensorComparisonPageData>;
  readonly comparedTensors?: (query: ComparedTensorQuery) => ComparedTensorRows;
  readonly codeBetween?: () => Promise<CodeBetween>;
  readonly gates?: () => Promise<ReviewGates>;
  /** Of the page's version, or of one of those that it compares. */
  readonly versionGates?: (asked: { readonly versionId?: string }) => Promise<VersionGates>;
  readonly decide?: (request: DecisionRequest) => Promise<DecisionResult>;
  /** Answers for what only the page of a model asks. */
  readonly model?: Partial<Pick<RequestHandlers<'model'>, 'plot' | 'plotted' | 'tenures' | 'glance' | 'heldAt'>>;
  /** English unless given. */
  readonly language?: Language;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  /** Makes the requests of these methods fail. */
  readonly failing?: readonly string[];
  /** What they say then. */
  readonly failure?: string;
  /** Some questions never get an answer: nobody waits for it. */
  readonly isLeftWaiting?: boolean;
  /** Runs in the page before anything of its own does. */
  readonly before?: string;
  /** Time stands still until the test moves it. */
  readonly ownsTime?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  readonly sent: readonly Sent[];
  /** Errors of the page's scripts, and whatever its security policy refused. */
  readonly errors: readonly string[];
  /** Warnings about messages that the contract doesn't know. */
  readonly ignored: readonly string[];
  /** Addresses outside of the extension that the page asked for, although it got none. */
  readonly requested: readonly string[];
  changed(): Promise<void>;
  /** Sends the page what the extension wouldn't. */
  receive(message: unknown): Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  /** Resolves when the page has its answers, its fonts, and has been drawn. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface Harness {
  open<K extends PageKind>(options: OpenOptions<K>): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Builds the pages as the release does, and opens them in a browser with the extension's own HTML and answers. */
export async function startHarness(): Promise<Harness> {
  const pages = await builtOnce('pages', buildPages);
  const browser = await launchBrowser();
  return {
    open: (options) => openPage(browser, pages.folder, options),
    async close() {
      await browser.close();
      await pages.dispose();
    },
  };
}

async function buildPages(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: (await readdir(join(root, 'src/webviews'), { withFileTypes: true }))
      .filter((entry) => entry.isFile() && /\.(ts|css)$/.test(entry.name))
      .map(({ name }) => `src/webviews/${name}`),
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome130',
    logLevel: 'warning',
  });
  // As the release has them: an icon that is left out there is left out here.
  const { withIcons }: { withIcons: (file: string) => Promise<void> } = await import(
    pathToFileURL(join(root, 'esbuild.mjs')).href
  );
  await withIcons(join(folder, 'page.css'));
}

async function openPage<K extends PageKind>(
  browser: Browser,
  folder: string,
  options: OpenOptions<K>,
): Promise<OpenedPage> {
  const { kind, language, theme = 'dark', width = 1400, height = 900, failing = [] } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: theme === 'light' ? 'light' : 'dark',
  });
  // As long as a test: machines that do something else meanwhile take their time.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const sent: Sent[] = [];
  const errors: string[] = [];
  const ignored: string[] = [];
  const requested: string[] = [];
  let underWay = 0;
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });

  const fail = (method: string) => {
    if (failing.includes(method)) throw new Error(options.failure ?? `${method} went wrong`);
  };
  /** What every page of a version asks for by itself isn't noted. */
  const asked = async <T>(method: string, answer: () => T | Promise<T>): Promise<T> => {
    await options.late;
    fail(method);
    return answer();
  };
  const done = async (method: string, params: unknown) => {
    sent.push({ method, params });
    fail(method);
  };
  /** Questions of a model's page are answered by the test, and noted. */
  function answeredBy<M extends 'plot' | 'plotted' | 'tenures' | 'glance' | 'heldAt'>(
    method: M,
  ): RequestHandlers<'model'>[M] {
    const answer = options.model?.[method];
    const handler = async (params: never, operation: OperationOptions) => {
      await done(method, params);
      if (!answer) throw new Error(`${method} has no answer`);
      return answer(params, operation);
    };
    return handler as RequestHandlers<'model'>[M];
  }
  const handlers: RequestHandlers<K> = {
    load: options.data,
    act: (params) => done('act', params),
    openVersion: (params) => done('openVersion', params),
    openComparison: (params) => done('openComparison', params),
    openChanges: (params) => done('openChanges', params),
    openGraph: (params) => done('openGraph', params),
    openFile: (params) => done('openFile', params),
    openReview: (params) => done('openReview', params),
    runGates: (params) => done('runGates', params),
    cancelGates: (params) => done('cancelGates', params),
    showGateOutput: (params) => done('showGateOutput', params),
    openEvidence: (params) => done('openEvidence', params),
    gates: async () => (await options.gates?.()) ?? { gates: [] },
    versionGates: (params) =>
      asked('versionGates', async () => (await options.versionGates?.(params)) ?? { stages: [] }),
    decide: async (params) => {
      await done('decide', params);
      return (await options.decide?.(params)) ?? { outcome: 'done' };
    },
    keep: (params) => done('keep', params),
    manageTrust: (params) => done('manageTrust', params),
    openModel: (params) => done('openModel', params),
    actOnModel: (params) => done('actOnModel', params),
    plot: answeredBy('plot'),
    plotted: answeredBy('plotted'),
    tenures: answeredBy('tenures'),
    glance: answeredBy('glance'),
    heldAt: answeredBy('heldAt'),
    openFileChange: (params) => done('openFileChange', params),
    openFileChanges: (params) => done('openFileChanges', params),
    arrangeComparison: (params) => done('arrangeComparison', params),
    chooseCompared: (params) => done('chooseCompared', params),
    copyComparisonLink: (params) => done('copyComparisonLink', params),
    codeBetween: async () => (options.codeBetween ? { between: await options.codeBetween() } : {}),
    copyText: (params) => done('copyText', params),
    trends: () => asked('trends', () => options.trends ?? []),
    card: () => asked('card', () => (options.cardFile ? { file: options.cardFile } : {})),
    preview: async (params) => {
      await done('preview', params);
      return options.preview?.(params) ?? { kind: 'none', path: params.path, why: 'It isn’t among its files.' };
    },
    saveFile: (params) => done('saveFile', params),
    remark: async (params) => {
      await done('remark', params);
      return { isDone: true };
    },
    registerFile: (params) => done('registerFile', params),
    tensorRows: async (query) => {
      await done('tensorRows', query);
      return options.tensors?.(query) ?? { rows: [], matching: 0 };
    },
    facts: () => asked('facts', async () => (await options.facts?.()) ?? { problem: 'Nothing is known.' }),
    history: () => asked('history', () => options.history ?? {}),
    compareTensors: async (params, operation) => {
      await done('compareTensors', params);
      return options.compareTensors ? options.compareTensors(operation) : Promise.reject(new Error('No tensors.'));
    },
    comparedTensorRows: async (params) => {
      await done('comparedTensorRows', params);
      return options.comparedTensors?.(params.query) ?? { rows: [], matching: 0 };
    },
  };
  const log = { warn: (text: string) => void ignored.push(text), error: () => undefined };
  const answers = pageAnswers(handlers, log, {
    asksAfter: numberBefore(options.turn ?? 0),
    onProgress: (message) => {
      page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`).catch(() => undefined);
    },
  });
  await page.exposeFunction('askHost', async (message: unknown) => {
    underWay += 1;
    const answer = await answers.answer(message);
    underWay -= 1;
    return answer && messageWithoutOverrides(answer);
  });

  await context.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    const path = url.pathname;
    if (url.origin !== origin) {
      requested.push(url.href);
      return route.abort();
    }
    if (path === '/') return route.fulfill({ contentType: 'text/html', body: htmlOf(kind, language, options) });
    const contentType = types[extname(path)] ?? 'text/plain';
    return route.fulfill({ contentType, body: await readFile(join(folder, path)) }).catch(() => route.abort());
  });
  await page.addInitScript(`
    addEventListener('securitypolicyviolation', (event) =>
      console.error('The policy refused ' + event.violatedDirective + ': ' + event.blockedURI + ' ' + event.sample + ' ' + event.sourceFile + ':' + event.lineNumber + ':' + event.columnNumber));
    document.addEventListener('DOMContentLoaded', () => { ${themeScript(theme)} });
    globalThis.acquireVsCodeApi = () => ({
      postMessage: (message) => askHost(message).then((answer) => answer && postMessage(JSON.parse(JSON.stringify(answer)), '*')),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
      setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
    });
  `);
  if (options.before !== undefined) await page.addInitScript(options.before);
  if (options.ownsTime === true) await page.clock.install();
  await page.goto(`${origin}/`);
  return {
    page,
    sent,
    errors,
    ignored,
    requested,
    changed: () => page.evaluate("postMessage({ kind: 'changed' }, '*')"),
    receive: (message) => page.evaluate((data) => postMessage(data, '*'), message),
    setTheme: async (name) => {
      await page.evaluate(themeScript(name));
      await drawn(page);
    },
    async settled() {
      // An answer may be the reason for the next question.
      const isQuiet = () => underWay === 0 || options.isLeftWaiting === true;
      for (let quiet = 0; quiet < 2; quiet = isQuiet() ? quiet + 1 : 0) await drawn(page);
      await page.evaluate('document.fonts.ready.then(() => undefined)');
    },
    close: () => context.close(),
  };
}

/** Two frames: what changed in the first is on the screen after the second. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))');
}

function htmlOf(
  kind: PageKind,
  language: Language | undefined,
  { comesWith: first, turn = 0, isPreview = false }: Pick<OpenOptions<PageKind>, 'comesWith' | 'turn' | 'isPreview'>,
): string {
  const registryDir = '/home/ada/fraud/.git/model-registry';
  const versionId = '01JD0000000000000000000002';
  const states = {
    version: { registryDir, versionId },
    comparison: { registryDir, versionIds: ['01JD0000000000000000000001', versionId] },
    changes: { registryDir, beforeId: '01JD0000000000000000000001', afterId: versionId },
    graph: { registryDir, of: `version:${versionId}` },
    review: { registryDir, versionId, stage: 'production' },
    model: { registryDir, modelId: '01JC0000000000000000000001' },
    plots: { registryDir, modelId: '01JC0000000000000000000001', of: { kind: 'all' } as const },
    modelFile: { uri: 'file:///home/ada/fraud/models/fraud.safetensors' },
  };
  speak(language);
  const html = pageHtml({
    kind,
    title: 'Test',
    state: states[kind],
    turn,
    isPreview,
    ...(first === undefined ? {} : { first: { json: withoutOverrides(JSON.stringify(first)), id: 'once' } }),
    nonce: 'bm9uY2U',
    cspSource: origin,
    scriptUri: `${origin}/${scriptOf(kind)}`,
    styleUri: `${origin}/page.css`,
  });
  speak(undefined);
  return html;
}

/** The texts of what matches and is seen only by scrolling sideways, or not whole. */
export async function cutOff(page: Page, selector: string): Promise<readonly string[]> {
  const texts = await page.locator(selector).evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { right } = element.getBoundingClientRect();
      const isWhole = element.scrollWidth <= element.clientWidth && right <= element.ownerDocument.body.clientWidth;
      return isWhole || element.clientWidth === 0 ? [] : [element.textContent];
    }),
  );
  return texts.map((text) => text?.trim() ?? '');
}
