import { realpathSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/house/longest-first.mts';

/** macOS names it by a link, Windows may shorten it, and neither is what the registry says of a folder in it. */
const temporary = realpathSync.native(tmpdir());

/** Tests of these rooms replace no module and leave nothing behind, so that their files needn't each have a process of its own and read everything anew. */
const TOGETHER = [
  'agents',
  'base',
  'catalog',
  'importing',
  'intents',
  'modelfiles',
  'predictions',
  'registry',
  'runs',
  'secrets',
].map((room) => `test/${room}/**/*.test.ts`);
const exclude = [
  'test/editor/**',
  'test/host/**',
  '**/node_modules/**',
  // Only where somebody names a Python with the frameworks, which take gigabytes: docs/testing.md.
  ...(process.env.TRAINING_PYTHON ? [] : ['test/outputs/training/real.test.ts']),
];

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'together', include: TOGETHER, isolate: false } },
      { extends: true, test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [...exclude, ...TOGETHER] } },
    ],
    exclude,
    // By default there is one worker on a machine with two cores, and its main process is idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/house/builds.ts'],
    setupFiles: ['test/house/patience.ts'],
    expect: { poll: { timeout: 20_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test's process must not find the settings or the repository of whoever runs it.
    env: {
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
    },
  },
});
