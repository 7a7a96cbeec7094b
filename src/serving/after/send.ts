import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import pRetry, { AbortError } from 'p-retry';
import { messageOf, systemErrorCode } from '../../base/errors.ts';

export interface Delivery {
  readonly url: URL;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
  /** Before the second try; twice as long before each further one, and up to twice that at random. */
  readonly pauseMs?: number;
  /** Of one try. */
  readonly timeoutMs?: number;
}

export type Sent = { readonly tries: number } & (
  | { readonly isSent: true }
  | { readonly isSent: false; readonly why: string }
);

const RETRIES = 4;
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 20_000;
const ALL_TRIES_MS = 60_000;
const TRY_MS = 10_000;

/**
 * Sends one message, and again where the receiver can't be reached, answers with an error of its own (5xx), or asks for time (408, 429): at
 * most five times and for a minute. A redirect isn't followed. What the receiver answers is never read.
 */
export async function send(delivery: Delivery, options: SendOptions): Promise<Sent> {
  let tries = 0;
  try {
    await pRetry(
      async () => {
        tries += 1;
        const status = await attempt(delivery, options);
        if (status >= 200 && status < 300) return;
        const isTemporary = status >= 500 || status === 408 || status === 429;
        const said =
          status >= 300 && status < 400 ? `with a redirect (${status}), which isn’t followed` : `with ${status}`;
        const failure = new Error(`it answered ${said}`);
        throw isTemporary ? failure : new AbortError(failure);
      },
      {
        retries: RETRIES,
        minTimeout: options.pauseMs ?? PAUSE_MS,
        maxTimeout: LONGEST_PAUSE_MS,
        maxRetryTime: ALL_TRIES_MS,
        randomize: true,
        shouldRetry: ({ error }) =>
          !/^(CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)/.test(systemErrorCode(error) ?? ''),
        signal: options.signal,
      },
    );
    return { isSent: true, tries };
  } catch (error) {
    return { isSent: false, tries, why: options.signal.aborted ? 'it was cancelled' : whyOf(error) };
  }
}

/** One try: the status that the receiver answers. */
async function attempt({ url, body, headers }: Delivery, options: SendOptions): Promise<number> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TRY_MS);
  const signal = AbortSignal.any([options.signal, timeout]);
  const isSecure = url.protocol === 'https:';
  // Proxies of the environment, where this Node knows how.
  const agentOptions = { keepAlive: false, proxyEnv: process.env };
  const agent = isSecure
    ? new HttpsAgent({ ...agentOptions, ...(options.ca === undefined ? {} : { ca: options.ca }) })
    : new HttpAgent(agentOptions);
  try {
    return await new Promise<number>((done, fail) => {
      const onAnswer = (answer: IncomingMessage) => {
        done(answer.statusCode ?? 0);
        // However much it says, nothing of it is wanted.
        answer.destroy();
      };
      const settings = {
        method: 'POST',
        agent,
        signal,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'model-registry',
          ...headers,
        },
      };
      const request: ClientRequest = isSecure
        ? requestHttps(url, settings, onAnswer)
        : requestHttp(url, settings, onAnswer);
      request.on('error', (error) => fail(timeout.aborted ? new Error('it didn’t answer in time') : error));
      request.end(body);
    });
  } finally {
    agent.destroy();
  }
}

function whyOf(error: unknown): string {
  const code = systemErrorCode(error);
  return code === undefined ? messageOf(error) : `it can’t be reached (${code})`;
}
