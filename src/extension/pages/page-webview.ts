import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import { numberBefore } from '../../base/request-numbers.ts';
import type { HostMessage, RequestHandlers } from '../messages/answers.ts';
import type { PageData, PageKind } from '../messages/page-data.ts';
import { type PageLog, pageAnswers } from './answer.ts';
import { type PageHtml, pageHtml, scriptOf } from './html.ts';
import { messageWithoutOverrides, withoutOverrides } from './overrides.ts';
import { toldData } from './told-data.ts';

export interface PageWebview<K extends PageKind> {
  readonly extensionUri: vscode.Uri;
  readonly kind: K;
  /** Looked up when its HTML is made. */
  readonly title: () => string;
  readonly state: PageHtml['state'];
  /** How many pages the webview showed before this one: what those still ask isn't answered any more. */
  readonly turn?: number;
  readonly isPreview?: boolean;
  readonly handlers: RequestHandlers<K>;
  /** What it shows until it has asked, where that is there soon: the editor needs its time for the webview anyway. */
  readonly first?: Promise<PageData[K]>;
  /** False once the person has closed the page: it throws at every touch then. */
  readonly isOpen: () => boolean;
  readonly log: PageLog;
}

/** The page's frame begins so much later as its HTML comes later. To ask for what isn't in it takes about 20 ms, while the script is there anyway. */
const SOON_MS = 50;
/** What is longer takes longer to read as a part of the HTML than to ask for. */
const MOST_CHARACTERS = 200_000;

/** Puts a page into a webview and answers what it asks, until disposed. */
export function showPage<K extends PageKind>(webview: vscode.Webview, page: PageWebview<K>): vscode.Disposable {
  const { extensionUri, kind, title, state, turn = 0, isPreview = false, handlers, isOpen, log } = page;
  const answers = pageAnswers(handlers, log, {
    asksAfter: numberBefore(turn),
    onProgress(message) {
      if (isOpen()) void postTo(webview, message);
    },
  });
  const listening = webview.onDidReceiveMessage(async (message: unknown) => {
    const response = await answers.answer(message);
    if (response !== undefined && isOpen()) await postTo(webview, response);
  });
  const folders = ['dist/webviews', 'media'];
  webview.options = {
    enableScripts: true,
    enableForms: false,
    localResourceRoots: folders.map((folder) => vscode.Uri.joinPath(extensionUri, ...folder.split('/'))),
  };
  const file = (...path: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', ...path)).toString();
  const begin = (data?: PageData[K]) => {
    if (!isOpen()) return;
    // In the language of the answers, which follow it.
    const json = JSON.stringify(toldData(data));
    const first =
      json === undefined || json.length > MOST_CHARACTERS
        ? {}
        : { first: { json: withoutOverrides(json), id: randomBytes(9).toString('hex') } };
    webview.html = pageHtml({
      ...{ kind, title: withoutOverrides(title()), state, turn, isPreview, ...first },
      nonce: randomBytes(18).toString('base64url'),
      cspSource: webview.cspSource,
      scriptUri: file('webviews', scriptOf(kind)),
      styleUri: file('webviews', 'page.css'),
    });
  };
  if (page.first) void soon(page.first).then(begin);
  else begin();
  return {
    dispose() {
      listening.dispose();
      answers.dispose();
    },
  };
}

/** Sends a page a message; direction overrides in it are replaced, as in what the page comes with. */
export async function postTo<K extends PageKind>(webview: vscode.Webview, message: HostMessage<K>): Promise<void> {
  await webview.postMessage(messageWithoutOverrides(message));
}

/** What comes within `SOON_MS`. */
async function soon<T>(coming: Promise<T>): Promise<T | undefined> {
  return Promise.race([coming.catch(() => undefined), pause(SOON_MS, undefined)]);
}
