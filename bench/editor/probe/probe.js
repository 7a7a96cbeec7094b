// Beside the extension in its host: ticks every millisecond and writes down when no tick came for a while, and how much of that time the
// host's thread worked: on a busy machine others may have had the processor.
const { appendFileSync } = require('node:fs');
const vscode = require('vscode');

const NOTED_MS = 10;

const workMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

exports.activate = (context) => {
  // What every page takes, whoever makes it: one heading and nothing else.
  let pages = 0;
  const emptyPage = () => {
    pages += 1;
    const panel = vscode.window.createWebviewPanel('probe', 'Empty', vscode.ViewColumn.Active, {});
    panel.webview.html = `<!DOCTYPE html><html><body><main aria-busy="false"><h1>Empty ${pages}</h1></main></body></html>`;
  };
  context.subscriptions.push(vscode.commands.registerCommand('probe.emptyPage', emptyPage));
  const file = process.env.MODEL_REGISTRY_BENCH_BLOCKS;
  if (file === undefined) return;
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
  setInterval(tick, 1).unref();
};
