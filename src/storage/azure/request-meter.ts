/** What was asked of a remote, and what time it is there. */
export interface RequestMeter {
  count(): void;
  sent(bytes: number): void;
  received(bytes: number): void;
  /** Takes the service's clock from an answer, or from the error that an answer became. */
  noteDate(answer: unknown): void;
  stats(): { readonly requests: number; readonly sentBytes: number; readonly receivedBytes: number };
  /** Now by the service's clock, in milliseconds since 1970; by ours until it has answered. */
  now(): number;
  /** By how much our clock is ahead of the service's, in milliseconds, once that is known. */
  skewMs(): number | undefined;
}

/** The service tells whole seconds, so a difference that is smaller isn't one. */
const PRECISION_MS = 2000;

export function requestMeter(clock: () => number): RequestMeter {
  let requests = 0;
  let sentBytes = 0;
  let receivedBytes = 0;
  let skew: number | undefined;
  return {
    count() {
      requests += 1;
    },
    sent(bytes) {
      sentBytes += bytes;
    },
    received(bytes) {
      receivedBytes += bytes;
    },
    noteDate(answer) {
      const date = dateOf(answer);
      if (date !== undefined) skew = clock() - date;
    },
    stats: () => ({ requests, sentBytes, receivedBytes }),
    now: () => clock() - (skew !== undefined && Math.abs(skew) > PRECISION_MS ? skew : 0),
    skewMs: () => skew,
  };
}

/** The `Date` of an answer as the SDK gives it, or of the response that an error carries. */
function dateOf(answer: unknown): number | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  if ('date' in answer && answer.date instanceof Date) return answer.date.getTime();
  const response = 'response' in answer ? answer.response : undefined;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('get' in headers) || typeof headers.get !== 'function') {
    return undefined;
  }
  const time = Date.parse(String(headers.get('date')));
  return Number.isNaN(time) ? undefined : time;
}
