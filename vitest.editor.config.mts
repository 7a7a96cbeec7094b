import { defineConfig } from 'vitest/config';

/** Tests that drive the packaged extension in a real editor. Two files at a time: each starts an editor and a browser, and waits for them more than it works. */
export default defineConfig({
  test: {
    include: ['test/editor/**/*.test.ts'],
    globalSetup: ['test/editor/harness/install.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 600_000,
    retry: 0,
  },
});
