import { formatNumber, t } from '../../base/language.ts';
import { numberBefore } from '../../base/request-numbers.ts';
import type { Answer, AskingMethod, HostMessage, ResultOf } from '../../extension/messages/answers.ts';
import type { Progress } from '../../extension/messages/core-types.ts';
import type { PageData, PageKind } from '../../extension/messages/page-data.ts';
import type { RequestMethod, RequestParams } from '../../extension/messages/requests.ts';
import { heartbeat } from './heartbeat.ts';
import type { Places } from './keep-place.ts';

/** What the editor puts into every page. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Reading a long log for the first time takes a while; everything else is quick. */
const loadTimeoutMs = 20_000;
const requestTimeoutMs = 10_000;

export type UiState = Readonly<Record<string, string | boolean>>;

/** The extension, seen from a page. */
export interface Host<K extends PageKind> {
  /** What the page came with; only the first time that its HTML is run, because it may be outdated afterwards. */
  readonly first: PageData[K] | undefined;
  /** Rejects after 20 seconds without an answer, so that a page never waits for ever. */
  load(): Promise<PageData[K]>;
  /** Data that is asked for apart from the page's own, such as a part of a table. */
  read<M extends Exclude<AskingMethod, 'load'>>(
    method: M,
    params: RequestParams<M>,
    options?: ReadOptions,
  ): Promise<ResultOf<K>[M]>;
  ask<M extends Exclude<RequestMethod, AskingMethod | 'cancel' | 'ping'>>(
    method: M,
    params: RequestParams<M>,
  ): Promise<void>;
  onChanged(listener: () => void): void;
  /** Told when the extension says nothing any more although something is awaited of it, and when it is heard again. */
  onSilence(listener: (isSilent: boolean) => void): void;
  /** What the person had set on this page; it outlives the page's being hidden and the window's reload. */
  readonly savedUi: UiState;
  saveUi(ui: UiState): void;
  /** Where the person had scrolled to, in the same way. */
  readonly savedPlaces: Places;
  savePlaces(places: Places): void;
  /** What the page is about, where that became something else. */
  savePage(changes: Readonly<Record<string, unknown>>): void;
}

export interface ReadOptions {
  /** It may take so long between two words of it: 10 seconds unless given. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the work. */
  readonly signal?: AbortSignal;
}

interface Waiting<K extends PageKind> {
  readonly settle: (answer: Answer<K>) => void;
  readonly heard: (progress: Progress) => void;
}

/** Connects to the extension. Call it once: the editor gives its interface to a page only once. */
export function connectHost<K extends PageKind>(): Host<K> {
  const api = acquireVsCodeApi();
  const { state = '{}', first, firstId, turn = '0' } = document.body.dataset;
  let page: unknown = JSON.parse(state);
  const saved = savedIn(api.getState(), Number(turn));
  const savedUi = uiOf(saved);
  const isFirstTime = first !== undefined && !(isRecord(saved) && saved.firstId === firstId);
  const savedPlaces = placesOf(saved);
  let lastUi = savedUi;
  let lastPlaces = savedPlaces;
  const waiting = new Map<number, Waiting<K>>();
  const listeners: (() => void)[] = [];
  const silenceListeners: ((isSilent: boolean) => void)[] = [];
  let lastId = numberBefore(Number(turn));
  const post = (method: RequestMethod, params: unknown): number => {
    lastId += 1;
    api.postMessage({ id: lastId, method, params });
    return lastId;
  };
  const beating = heartbeat(
    () => void post('ping', {}),
    (isSilent) => {
      for (const listener of silenceListeners) listener(isSilent);
    },
  );
  const settled = (id: number) => {
    waiting.delete(id);
    beating.await(waiting.size > 0);
  };

  window.addEventListener('message', ({ data, origin }: MessageEvent<unknown>) => {
    // The editor hands messages on from a frame of the same origin: no other window has anything to say.
    if (origin !== window.origin || !isHostMessage<K>(data)) return;
    beating.heard();
    if (data.kind === 'changed') {
      for (const listener of listeners) listener();
    } else if (data.kind === 'progress') {
      waiting.get(data.id)?.heard(data.progress);
    } else {
      waiting.get(data.id)?.settle(data);
      settled(data.id);
    }
  });
  const save = () => api.setState({ page, ui: lastUi, places: lastPlaces, firstId, turn: Number(turn) });
  const saveUi = (ui: UiState) => {
    lastUi = ui;
    save();
  };
  save();

  function send<M extends RequestMethod>(
    method: M,
    params: RequestParams<M>,
    { timeoutMs = requestTimeoutMs, onProgress, signal }: ReadOptions = {},
  ): Promise<Exclude<Answer<K>, { kind: 'failure' }>> {
    return new Promise((resolve, reject) => {
      const id = post(method, params);
      const giveUp = () => {
        settled(id);
        reject(
          new Error(
            t('The registry didn’t answer within {seconds} seconds. It may be reading a long log.', {
              seconds: formatNumber(timeoutMs / 1000),
            }),
          ),
        );
      };
      let timer = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener('abort', () => post('cancel', { request: id }));
      waiting.set(id, {
        heard(progress) {
          clearTimeout(timer);
          timer = setTimeout(giveUp, timeoutMs);
          onProgress?.(progress);
        },
        settle(answer) {
          clearTimeout(timer);
          if (answer.kind === 'failure') reject(new Error(answer.error.message));
          else resolve(answer);
        },
      });
      beating.await(true);
    });
  }

  return {
    // Made by the extension for this page, as its answers are.
    first: isFirstTime ? (JSON.parse(first) as PageData[K]) : undefined,
    savedUi,
    saveUi,
    savedPlaces,
    savePlaces(places) {
      lastPlaces = places;
      save();
    },
    savePage(changes) {
      const next = { ...(typeof page === 'object' ? page : {}), ...changes };
      if (JSON.stringify(next) === JSON.stringify(page)) return;
      page = next;
      save();
    },
    onChanged: (listener) => listeners.push(listener),
    onSilence: (listener) => silenceListeners.push(listener),
    async ask(method, params) {
      await send(method, params);
    },
    async load() {
      const answer = await send('load', {}, { timeoutMs: loadTimeoutMs });
      if (answer.kind !== 'data' || answer.method !== 'load') throw withoutData();
      return answer.data;
    },
    async read(method, params, options) {
      const answer = await send(method, params, options);
      if (!isDataOf(answer, method)) throw withoutData();
      return answer.data;
    },
  };
}

/** What this page had saved, and not one that its webview showed before. A webview that was brought back begins with turn 0, whatever it had shown. */
function savedIn(saved: unknown, turn: number): unknown {
  return turn === 0 || (isRecord(saved) && saved.turn === turn) ? saved : undefined;
}

function isDataOf<K extends PageKind, M extends AskingMethod>(
  answer: Answer<K>,
  method: M,
): answer is Answer<K> & { readonly kind: 'data'; readonly data: ResultOf<K>[M] } {
  return answer.kind === 'data' && answer.method === method;
}

function withoutData(): Error {
  return new Error(t('The extension answered without data. Reload the window.'));
}

/**
 * Its own side is checked by the compiler, so that this only tells the extension's messages from others, and lets none through that would
 * break the page.
 */
function isHostMessage<K extends PageKind>(value: unknown): value is HostMessage<K> {
  if (!isRecord(value)) return false;
  if (value.kind === 'changed') return true;
  if (typeof value.id !== 'number') return false;
  switch (value.kind) {
    case 'done':
      return true;
    case 'data':
      return typeof value.method === 'string' && value.data !== undefined;
    case 'failure':
      return isRecord(value.error) && typeof value.error.message === 'string';
    case 'progress':
      return isRecord(value.progress);
    default:
      return false;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function uiOf(saved: unknown): UiState {
  if (typeof saved !== 'object' || saved === null || !('ui' in saved)) return {};
  const entries = Object.entries(saved.ui ?? {}).filter(([, value]) => ['string', 'boolean'].includes(typeof value));
  return Object.fromEntries(entries);
}

function placesOf(saved: unknown): Places {
  if (!isRecord(saved) || !isRecord(saved.places)) return {};
  const entries = Object.entries(saved.places).flatMap(([name, place]) => {
    const [left, top]: readonly unknown[] = Array.isArray(place) ? place : [];
    return typeof left === 'number' && typeof top === 'number' ? [[name, [left, top]] as const] : [];
  });
  return Object.fromEntries(entries);
}
