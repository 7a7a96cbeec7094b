// What a team's shared registry costs: joining it, bringing bytes there, and many who share at once.
import { ROUND_TRIP_MS, shareAtOnce } from '../../test/intents/share-at-once.ts';
import type { GroupOptions, Results } from '../results.ts';
import { benchmarkJoining } from './joining.ts';
import { benchmarkUploading } from './uploading.ts';

const SEEDS = [1, 2, 3];

export async function benchmarkSharing({ sizes, onProgress }: GroupOptions): Promise<Results> {
  const found = [
    await benchmarkUploading(onProgress),
    await benchmarkJoining(sizes, onProgress),
    await benchmarkContention(onProgress),
  ];
  return {
    tables: found.flatMap(({ tables }) => tables),
    facts: Object.assign({}, ...found.map(({ facts }) => facts)),
  };
}

async function benchmarkContention(onProgress: (text: string) => void): Promise<Results> {
  const rows: string[][] = [];
  const worst = { seconds: 0, requests: 0 };
  for (const seed of SEEDS) {
    onProgress(`Sharing at once: run ${seed}`);
    const { seconds, requests, commits } = await shareAtOnce({ clients: 20, pending: 100, seed });
    rows.push([String(seed), `${seconds.toFixed(1)} s`, String(requests), String(commits)]);
    worst.seconds = Math.max(worst.seconds, seconds);
    worst.requests = Math.max(worst.requests, requests);
  }
  return {
    tables: [
      {
        title: 'Many who share at once',
        note: `20 clients with 100 pending intents each begin at the same moment; simulated time, with round trips of ${ROUND_TRIP_MS} ms.`,
        columns: ['run', 'until all is shared', 'requests', 'commits'],
        rows,
      },
    ],
    facts: { 'contention time': worst.seconds * 1000, 'contention requests': worst.requests },
  };
}
