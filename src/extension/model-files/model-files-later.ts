import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { LeftTabs } from './left-tabs.ts';
import type { ModelFileDocument } from './model-file-document.ts';
import type { ModelFileEditor, ModelFileEditorOptions } from './model-file-editor.ts';
import { MODEL_FILE_EDITORS } from './model-file-editor-ids.ts';

/** Shows model files read-only; how is read with the first that is opened. */
export function showModelFiles(options: ModelFileEditorOptions): vscode.Disposable {
  let made: ModelFileEditor | undefined;
  const left = new LeftTabs((error) => options.log.error(messageOf(error)));
  const editor = async (): Promise<ModelFileEditor> => {
    const module = await import('./model-file-editor.ts');
    made ??= new module.ModelFileEditor(options);
    return made;
  };
  const provider: vscode.CustomReadonlyEditorProvider<ModelFileDocument> = {
    openCustomDocument: async (uri) => (await editor()).openCustomDocument(uri),
    async resolveCustomEditor(document, panel) {
      left.settle(document.uri, panel);
      (await editor()).resolveCustomEditor(document, panel);
    },
  };
  return vscode.Disposable.from(
    left,
    ...MODEL_FILE_EDITORS.map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, provider, {
        supportsMultipleEditorsPerDocument: true,
        webviewOptions: { enableFindWidget: true },
      }),
    ),
    new vscode.Disposable(() => made?.dispose()),
  );
}
