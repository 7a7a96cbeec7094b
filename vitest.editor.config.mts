import { defineConfig } from 'vitest/config';

/**
 * Tests that drive the packaged extension in a real editor. Two files at a time: each starts an editor and a browser, and waits for them more
 * than it works. `--mode oldest` takes the oldest VS Code that the extension runs in.
 */
export default defineConfig(({ mode }) => {
  if (mode === 'oldest') process.env.MODEL_REGISTRY_EDITOR = 'oldest';
  return {
    test: {
      include: ['test/editor/**/*.test.ts'],
      globalSetup: ['test/editor/harness/install.ts'],
      maxWorkers: 2,
      testTimeout: 120_000,
      hookTimeout: 600_000,
      retry: 0,
    },
  };
});
