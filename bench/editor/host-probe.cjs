// Loaded with `node --require` into everything that the editor's server starts. In the extension host it ticks every millisecond and writes
// down when no tick came for a while, and how much of that time its thread worked: on a busy machine others may have had the processor.
const { appendFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const NOTED_MS = 10;
const file = process.env.MODEL_REGISTRY_BENCH_BLOCKS;
const isExtensionHost = /extensionHost/i.test(`${process.env.VSCODE_ESM_ENTRYPOINT ?? ''} ${process.argv.join(' ')}`);

if (file !== undefined && isMainThread && isExtensionHost) {
  const workMs = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let tickedAt = performance.now();
  let workedAt = workMs();
  setInterval(() => {
    const [now, worked] = [performance.now(), workMs()];
    const blockedMs = now - tickedAt;
    if (blockedMs >= NOTED_MS)
      appendFileSync(
        file,
        `${JSON.stringify({ at: performance.timeOrigin + now, blockedMs, workedMs: worked - workedAt })}\n`,
      );
    tickedAt = performance.now();
    workedAt = workMs();
  }, 1).unref();
}
