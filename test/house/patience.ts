// Runs before each test file. What is waited for is there in a moment, or a little later on a busy machine: vitest gives up after one second.
import { vi } from 'vitest';

const PATIENCE_MS = 20_000;

const { waitFor, waitUntil } = vi;
const patient = (options?: number | { readonly timeout?: number; readonly interval?: number }) => ({
  timeout: PATIENCE_MS,
  ...(typeof options === 'number' ? { timeout: options } : options),
});
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
