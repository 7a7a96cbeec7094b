import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/editor/**', 'test/host/**', '**/node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test's process must not find the settings or the repository of whoever runs it.
    env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
  },
});
