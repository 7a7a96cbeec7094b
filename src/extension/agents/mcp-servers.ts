import { join } from 'node:path';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Registries } from '../registries/registries.ts';

/** Of `contributes.mcpServerDefinitionProviders`. */
const PROVIDER = 'modelRegistry';

interface McpServersOptions {
  readonly registries: Pick<Registries, 'existing' | 'onDidChange'>;
  readonly extension: Pick<vscode.Extension<unknown>, 'extensionPath' | 'packageJSON'>;
}

/**
 * Lists the command line, as a server of the Model Context Protocol, for each registry of the window. It only reads: what is proposed in the editor is
 * proposed by the editor's own tools, which put it before a person. An editor without the protocol has none.
 */
export function mcpServers({ registries, extension }: McpServersOptions): vscode.Disposable {
  if (!('lm' in vscode) || !('registerMcpServerDefinitionProvider' in vscode.lm))
    return new vscode.Disposable(() => undefined);
  const changed = new vscode.EventEmitter<void>();
  const cli = join(extension.extensionPath, 'dist', 'cli.js');
  const { version } = v.parse(v.object({ version: v.string() }), extension.packageJSON);
  return vscode.Disposable.from(
    changed,
    // Which registries there are, and not what one of them holds.
    registries.onDidChange((dir) => {
      if (dir === undefined) changed.fire();
    }),
    vscode.lm.registerMcpServerDefinitionProvider(PROVIDER, {
      onDidChangeMcpServerDefinitions: changed.event,
      async provideMcpServerDefinitions() {
        const existing = await registries.existing();
        return existing.map(({ dir, roots: [root] }) => {
          const label = existing.length === 1 ? 'Model Registry' : `Model Registry (${root?.name ?? dir})`;
          const args = [cli, ...(root ? ['-C', root.uri.fsPath] : []), '--registry', dir, 'mcp', '--read-only'];
          // The editor's own program is Node where it is asked to be.
          return new vscode.McpStdioServerDefinition(
            label,
            process.execPath,
            args,
            { ELECTRON_RUN_AS_NODE: '1' },
            version,
          );
        });
      },
    }),
  );
}
