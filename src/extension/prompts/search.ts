import * as vscode from 'vscode';
import { formatNumber, t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import type { WorkspaceRegistry } from '../registries/registries.ts';
import { oneLine } from '../version-text.ts';
import { type Choice, plainRow, rowOf } from './pick.ts';

const TYPING_MS = 150;
const SHOWN = 100;

interface FoundRow extends vscode.QuickPickItem {
  readonly version?: VersionSummary;
}

/** Asks for a version by what is known of it, and shows what fits while the person types. */
export function searchVersions(
  registry: WorkspaceRegistry,
  choiceOf: (version: VersionSummary) => Choice<VersionSummary>,
): Promise<VersionSummary | undefined> {
  const list = vscode.window.createQuickPick<FoundRow>();
  list.title = t('Search Versions');
  list.placeholder = t('Text, stage:production, tag:k=v, param:k=v, auc>0.9, format:onnx');
  list.prompt = t('Also: model:x, alias:x, commit:abc, danger:dangerous, params>1B');
  let timer: NodeJS.Timeout | undefined;
  let asked = 0;

  const find = async () => {
    asked += 1;
    const current = asked;
    list.busy = true;
    const query = list.value.trim();
    const rows = await findRows(registry, query, choiceOf).catch((error: unknown): FoundRow[] => [
      plainRow({ label: oneLine(toldOf(error)), iconPath: new vscode.ThemeIcon('warning'), alwaysShow: true }),
    ]);
    // An answer to what was typed before must not replace a newer one.
    if (current !== asked) return;
    list.items = rows;
    list.busy = false;
  };

  return new Promise((done) => {
    list.onDidChangeValue(() => {
      clearTimeout(timer);
      timer = setTimeout(() => void find(), TYPING_MS);
    });
    list.onDidAccept(() => {
      const version = list.selectedItems[0]?.version;
      if (!version) return;
      done(version);
      list.hide();
    });
    list.onDidHide(() => {
      clearTimeout(timer);
      asked += 1;
      list.dispose();
      done(undefined);
    });
    list.show();
    void find();
  });
}

async function findRows(
  { connection }: WorkspaceRegistry,
  query: string,
  choiceOf: (version: VersionSummary) => Choice<VersionSummary>,
): Promise<FoundRow[]> {
  const calls = connection.registry;
  const { items, next } = await (query === ''
    ? calls.listVersions({ limit: SHOWN })
    : calls.search({ query, limit: SHOWN }));
  const rows = items.map((version): FoundRow => {
    // The registry has searched; the list must not filter what it found by the text.
    return { description: '', detail: '', ...rowOf(choiceOf(version)), version, alwaysShow: true };
  });
  if (rows.length === 0) return [{ label: t('No version fits'), alwaysShow: true }];
  if (next !== undefined)
    rows.push({
      label: t('Only the newest {number} are shown: type more', { number: formatNumber(SHOWN) }),
      alwaysShow: true,
    });
  return rows;
}
