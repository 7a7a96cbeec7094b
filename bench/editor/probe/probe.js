// Beside the extension in its host.
const vscode = require('vscode');
const { watchBlocks } = require('./blocks.js');

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
  if (file !== undefined) watchBlocks(file).unref();
};
