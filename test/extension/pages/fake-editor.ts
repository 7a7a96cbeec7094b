/** The part of the editor that pages touch: panels that tests can look into. */
export class FakePanel {
  title = '';
  iconPath: unknown;
  isDisposed = false;
  active = false;
  revealed = 0;
  readonly posted: unknown[] = [];
  receive: (message: unknown) => Promise<void> = async () => undefined;
  private onDispose: () => void = () => undefined;
  readonly webview = {
    cspSource: 'https://csp.test',
    options: {} as Record<string, unknown>,
    html: '',
    asWebviewUri: (uri: unknown) => uri,
    postMessage: async (message: unknown) => {
      if (this.isDisposed) throw new Error('Webview is disposed');
      this.posted.push(message);
      return true;
    },
    onDidReceiveMessage: (listener: (message: unknown) => Promise<void>) => {
      this.receive = listener;
      return { dispose: () => undefined };
    },
  };
  onDidDispose(listener: () => void) {
    this.onDispose = listener;
    return { dispose: () => undefined };
  }
  reveal() {
    this.revealed += 1;
  }
  dispose() {
    this.isDisposed = true;
    this.onDispose();
  }
}
interface Serializer {
  deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void>;
}

export const editor = {
  panels: [] as FakePanel[],
  serializers: new Map<string, Serializer>(),
  clipboard: [] as string[],
  statusMessages: [] as string[],
};

/** What the pages import as `vscode`. */
export const fakeVscode = {
  ViewColumn: { Active: -1 },
  workspace: { getConfiguration: () => ({ get: () => undefined }) },
  Disposable: {
    from: (...all: readonly { dispose(): void }[]) => ({
      dispose: () => {
        for (const one of all) one.dispose();
      },
    }),
  },
  ThemeIcon: class {
    readonly id: string;
    constructor(id: string) {
      this.id = id;
    }
  },
  Uri: { joinPath: (base: string, ...parts: string[]) => [base, ...parts].join('/') },
  env: { clipboard: { writeText: async (text: string) => void editor.clipboard.push(text) } },
  window: {
    setStatusBarMessage: (text: string) => void editor.statusMessages.push(text),
    createWebviewPanel: (_type: string, title: string) => {
      const panel = new FakePanel();
      panel.title = title;
      editor.panels.push(panel);
      return panel;
    },
    registerWebviewPanelSerializer: (type: string, serializer: never) => {
      editor.serializers.set(type, serializer);
      return { dispose: () => editor.serializers.delete(type) };
    },
  },
};
