/** The part of the editor that pages touch: panels that tests can look into. */
export class FakePanel {
  title = '';
  viewType = '';
  iconPath: unknown;
  viewColumn: number | undefined = 0;
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
/** A tab of the editor, which may be nobody's panel. */
export interface FakeTab {
  readonly label: string;
  readonly input: unknown;
  isActive: boolean;
  isPinned?: boolean;
  readonly group: { readonly viewColumn: number };
}

class TabInputWebview {
  readonly viewType: string;
  constructor(viewType: string) {
    this.viewType = viewType;
  }
}

/** A tab of a webview, as the editor tells of one. */
export function webviewTab(viewType: string, label: string, isActive: boolean, viewColumn = 1): FakeTab {
  return { label, isActive, group: { viewColumn }, input: new TabInputWebview(`mainThreadWebview-${viewType}`) };
}

/** What the editor keeps for a workspace. */
export function fakeMemory(kept: Record<string, unknown> = {}) {
  return {
    kept,
    get: (key: string) => kept[key],
    update: async (key: string, value: unknown) => {
      // As what is kept comes back.
      kept[key] = JSON.parse(JSON.stringify(value));
    },
  };
}

interface Serializer {
  deserializeWebviewPanel(panel: FakePanel, state: unknown): Promise<void>;
}

export const editor = {
  panels: [] as FakePanel[],
  serializers: new Map<string, Serializer>(),
  tabs: [] as FakeTab[],
  tellTabs: new Set<() => void>(),
  clipboard: [] as string[],
  statusMessages: [] as string[],
  activeColumn: 1,
  settings: {} as Record<string, unknown>,
};

function listenToTabs(listener: () => void) {
  editor.tellTabs.add(listener);
  return { dispose: () => editor.tellTabs.delete(listener) };
}

/** What the pages import as `vscode`. */
export const fakeVscode = {
  ViewColumn: { Active: -1 },
  TabInputWebview,
  workspace: {
    getConfiguration: (section: string) => ({ get: (name: string) => editor.settings[`${section}.${name}`] }),
  },
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
    tabGroups: {
      get all() {
        return [{ tabs: editor.tabs }];
      },
      get activeTabGroup() {
        return { viewColumn: editor.activeColumn, tabs: editor.tabs };
      },
      close: async (tab: FakeTab) => {
        editor.tabs = editor.tabs.filter((other) => other !== tab);
      },
      onDidChangeTabs: listenToTabs,
      onDidChangeTabGroups: listenToTabs,
    },
    createWebviewPanel: (viewType: string, title: string, place: { readonly viewColumn: number }) => {
      const panel = new FakePanel();
      panel.title = title;
      panel.viewType = viewType;
      panel.viewColumn = place.viewColumn === -1 ? editor.activeColumn : place.viewColumn;
      editor.panels.push(panel);
      return panel;
    },
    registerWebviewPanelSerializer: (type: string, serializer: never) => {
      editor.serializers.set(type, serializer);
      return { dispose: () => editor.serializers.delete(type) };
    },
  },
};
