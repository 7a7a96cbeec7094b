// Ticks every millisecond and writes down when no tick came for a while, and how much of that time the thread worked: on a busy machine
// others may have had the processor. On its own it is a process that does nothing else, which shows how long those others had it.
const { appendFileSync } = require('node:fs');

const NOTED_MS = 10;

const workMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

exports.watchBlocks = (file) => {
  let tickedAt = performance.now();
  let workedAt = workMs();
  const tick = () => {
    const now = performance.now();
    const blockedMs = now - tickedAt;
    if (blockedMs >= NOTED_MS) {
      const block = { at: performance.timeOrigin + now, blockedMs, workedMs: workMs() - workedAt };
      appendFileSync(file, `${JSON.stringify(block)}\n`);
    }
    tickedAt = performance.now();
    workedAt = workMs();
  };
  return setInterval(tick, 1);
};

if (require.main === module) exports.watchBlocks(process.argv[2]);
