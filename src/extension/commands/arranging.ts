import * as vscode from 'vscode';
import { t } from '../../base/language.ts';
import type { Arrangement } from '../models-tree/arrangement.ts';
import { facts } from '../version-text.ts';
import type { Command } from './command-context.ts';

/** A command that was chosen from a row's menu shows its box within so long, if it has one. */
const MOST_UNTIL_BOX_MS = 3000;

/** Narrows the Models view while the person types; Enter and whatever is done with a row keep that, Escape takes it back. */
export const filterModels: Command = async ({ modelsTree }) => {
  const { choices } = modelsTree;
  const before = choices.filter;
  const input = vscode.window.createInputBox();
  input.title = t('Filter Models');
  input.value = before;
  input.placeholder = t('Name of a model, stage:staging, tag:k=v, param:k=v, auc>0.9');
  input.prompt = t('The view is filtered as you type');
  // A press on a row would end it, and the row be another one before the button is let go.
  input.ignoreFocusOut = true;
  await new Promise<void>((done) => {
    let isKept = false;
    let keptUntilMs = 0;
    // The view follows at once; of keys that come faster, the editor itself draws it a few times a second.
    input.onDidChangeValue((value) => choices.typeFilter(value));
    const keep = () => {
      isKept = true;
      input.hide();
    };
    input.onDidAccept(keep);
    const using = modelsTree.onDidUseRow((by) => {
      if (by === 'click') return keep();
      // The command's own box ends this one: to hide it here takes the keyboard from that one, which is then hidden, too.
      keptUntilMs = Date.now() + MOST_UNTIL_BOX_MS;
    });
    input.onDidHide(() => {
      using.dispose();
      choices.setFilter(isKept || Date.now() < keptUntilMs ? input.value : before);
      done();
    });
    input.show();
    void modelsTree.prepareFilter();
  });
  input.dispose();
};

export const clearModelFilter: Command = async ({ modelsTree: { choices } }) => choices.setFilter('');

interface ArrangementRow extends vscode.QuickPickItem {
  readonly changes?: Partial<Arrangement>;
}

/** Groups, order and folds of the Models view, of which as many as one likes are changed while the list is open. */
export const arrangeModels: Command = async ({ modelsTree: { choices } }) => {
  const list = vscode.window.createQuickPick<ArrangementRow>();
  list.title = t('Group and Sort Models');
  list.placeholder = t('Select an option to change it; press Escape when you are done');
  const fill = () => {
    const active = list.activeItems[0]?.label;
    list.items = arrangementRows(choices.arrangement);
    // Without one the first row stays active, which Enter takes.
    if (active !== undefined) list.activeItems = list.items.filter(({ label }) => label === active);
  };
  fill();
  await new Promise<void>((done) => {
    list.onDidAccept(() => {
      const changes = list.activeItems[0]?.changes;
      if (changes) void choices.arrange(changes);
      fill();
    });
    list.onDidHide(() => done());
    list.show();
  });
  list.dispose();
};

function arrangementRows({ groupBy, versionOrder, modelOrder, isFolding }: Arrangement): readonly ArrangementRow[] {
  const row = (label: string, description: string, isOn: boolean, changes: Partial<Arrangement>): ArrangementRow => ({
    ...{ label, changes, iconPath: new vscode.ThemeIcon(isOn ? 'check' : 'blank') },
    description: facts(isOn ? t('chosen') : undefined, description),
  });
  const group = (label: string): ArrangementRow => ({ label, kind: vscode.QuickPickItemKind.Separator });
  return [
    group(t('Group versions')),
    row(t('No groups'), t('versions right below their model'), groupBy === 'nothing', { groupBy: 'nothing' }),
    row(t('Stage'), t('drop a version on a stage to move it there'), groupBy === 'stage', { groupBy: 'stage' }),
    row(t('Date'), t('today, yesterday, then months'), groupBy === 'date', { groupBy: 'date' }),
    group(t('Sort versions')),
    row(t('Newest first'), t('below the version in production'), versionOrder === 'newest', { versionOrder: 'newest' }),
    row(t('Best first'), t('by the headline metric, where versions aren’t grouped'), versionOrder === 'best', {
      versionOrder: 'best',
    }),
    group(t('Sort models')),
    row(t('Name'), '', modelOrder === 'name', { modelOrder: 'name' }),
    row(t('Newest version'), t('what was trained last comes first'), modelOrder === 'recent', { modelOrder: 'recent' }),
    group(t('Runs and sweeps')),
    row(t('Fold'), t('checkpoints of a run, and runs of a sweep, are one row'), isFolding, { isFolding: true }),
    row(t('Show every version'), '', !isFolding, { isFolding: false }),
  ];
}
