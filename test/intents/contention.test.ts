import { describe, expect, it } from 'vitest';
import { ROUND_TRIP_MS, shareAtOnce } from './share-at-once.ts';

describe('many who share at once', () => {
  it('get 2,000 intents of 20 clients into the log within 10 s and 1,500 requests', async () => {
    const { clients, done, seconds, requests, commits } = await shareAtOnce({ clients: 20, pending: 100, seed: 1 });
    console.log(
      `${seconds.toFixed(2)} s with round trips of ${ROUND_TRIP_MS} ms, ${requests} requests, ${commits} commits`,
    );
    expect(done.every(({ sent, waiting }) => sent === 100 && waiting.length === 0)).toBe(true);
    const last = clients.reduce((a, b) => (a.log.position.seq > b.log.position.seq ? a : b));
    for (const { ids } of clients)
      for (const id of ids) expect(last.log.settled(id)).toMatchObject({ seq: expect.anything() });
    // Simulated time: the machine that runs this has no part in it.
    expect(seconds).toBeLessThanOrEqual(10);
    expect(requests).toBeLessThanOrEqual(1500);
  });
});
