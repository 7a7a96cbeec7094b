import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RegistryError } from '../../src/base/errors.ts';
import type { Progress } from '../../src/base/progress.ts';
import { type CallTarget, callThrough, serveCalls } from '../../src/base/worker-rpc.ts';

/** Both ends of a channel, the far one answered by `target`. */
function connect(target: CallTarget, onEvent?: (event: unknown) => void) {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  const push = serveCalls(port2, target);
  return { client: callThrough(port1, onEvent), push };
}

/** Settles when the signal is given. */
function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}

describe('calls between threads', () => {
  it('carry arguments there and results back, many at once', async () => {
    const { client } = connect(async (name, args) => ({ name, args }));
    const results = await Promise.all([1, 2, 3].map((value) => client.call('echo', { value })));
    expect(results).toEqual([1, 2, 3].map((value) => ({ name: 'echo', args: { value } })));
  });

  it('throw the error that was thrown there, with its code, message and details', async () => {
    const { client } = connect(async (name) => {
      if (name === 'plain') throw new TypeError('no such thing');
      throw new RegistryError('CONFLICT', 'Somebody was faster.', { details: { theirs: { version: 3 } } });
    });
    const error = await client.call('a', undefined).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(RegistryError);
    expect(error).toMatchObject({
      code: 'CONFLICT',
      message: 'Somebody was faster.',
      details: { theirs: { version: 3 } },
    });
    await expect(client.call('plain', undefined)).rejects.toThrow('no such thing');
  });

  it('pass on progress to the call it belongs to, not more often than is of use, and always the end', async () => {
    const { client } = connect(async (name, _, { onProgress }) => {
      for (let doneBytes = 1; doneBytes <= 1000; doneBytes += 1)
        onProgress?.({ step: name, doneBytes, totalBytes: 1000 });
    });
    const seen: Record<string, Progress[]> = { a: [], b: [] };
    await Promise.all(
      ['a', 'b'].map((name) => client.call(name, undefined, { onProgress: (progress) => seen[name]?.push(progress) })),
    );
    for (const name of ['a', 'b']) {
      expect(seen[name]?.every(({ step }) => step === name)).toBe(true);
      expect(seen[name]?.at(-1)).toEqual({ step: name, doneBytes: 1000, totalBytes: 1000 });
      expect(seen[name]?.length).toBeLessThan(20);
    }
  });

  it('can be cancelled, also before they begin, without others', async () => {
    const { client } = connect(async (name, _, { signal }) => {
      if (name === 'other') return 'done';
      await aborted(signal);
      throw new RegistryError('OPERATION_CANCELLED', 'Cancelled.');
    });
    const controller = new AbortController();
    const cancelled = client.call('wait', undefined, { signal: controller.signal });
    expect(await client.call('other', undefined)).toBe('done');
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    await expect(client.call('wait', undefined, { signal: controller.signal })).rejects.toMatchObject({
      code: 'OPERATION_CANCELLED',
    });
  });

  it('all end with the error that the channel ended with', async () => {
    const { client } = connect(() => new Promise(() => undefined));
    const controller = new AbortController();
    const calls = [1, 2].map((value) => client.call('wait', value, { signal: controller.signal }));
    const settled = Promise.allSettled(calls);
    const stopped = new RegistryError('WORKER_STOPPED', 'The thread stopped.');
    client.fail(stopped);
    controller.abort();
    expect(await settled).toEqual([1, 2].map(() => ({ status: 'rejected', reason: stopped })));
    await expect(client.call('later', undefined)).rejects.toBe(stopped);
  });

  it('go beside events, which arrive in order', async () => {
    const events: unknown[] = [];
    const { client, push } = connect(
      async () => 'answer',
      (event) => events.push(event),
    );
    for (let head = 1; head <= 3; head += 1) push({ head });
    await client.call('sync', undefined);
    expect(events).toEqual([{ head: 1 }, { head: 2 }, { head: 3 }]);
  });
});
