import { defineConfig } from 'vitest/config';

/** Tests that drive the packaged extension in a real editor. One at a time: each starts an editor and a browser. */
export default defineConfig({
  test: {
    include: ['test/editor/**/*.test.ts'],
    globalSetup: ['test/editor/harness/install.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    retry: 0,
  },
});
