import * as vscode from 'vscode';
import { formatNumber, t, tCount } from '../../base/language.ts';
import { formatMetric, headlineMetric, metricDirection } from '../../base/metrics.ts';
import type { VersionSummary } from '../../catalog/read-models/versions.ts';
import { supersededBy } from '../../outputs/superseding.ts';
import {
  facts,
  headlineText,
  NAME_IN_ROW,
  numberOf,
  oneLine,
  shortName,
  unticked,
  withShortPaths,
} from '../version-text.ts';
import type {
  FoldNode,
  HintNode,
  ModelNode,
  MoreNode,
  PeriodNode,
  ProblemNode,
  RegistryNode,
  StageNode,
  TreeNode,
  VersionNode,
} from './nodes.ts';
import { stageIcon } from './stage-icon.ts';
import { modelTooltip, versionTooltip } from './tooltips.ts';

/** What a row is while a filter is being typed: the manifest gives it a menu, but no buttons. */
const WITHOUT_BUTTONS = ':~';

/** How a row looks. Ids are stable, so that what is open or selected stays so. */
export function treeItemOf(node: TreeNode, preferred: string | undefined, isTyping = false): vscode.TreeItem {
  const item = itemOf(node, preferred);
  if (isTyping && (node.kind === 'version' || node.kind === 'model')) item.contextValue += WITHOUT_BUTTONS;
  return item;
}

function itemOf(node: TreeNode, preferred: string | undefined): vscode.TreeItem {
  switch (node.kind) {
    case 'registry':
      return registryItem(node);
    case 'model':
      return modelItem(node, preferred);
    case 'stage':
      return stageItem(node);
    case 'period':
      return periodItem(node);
    case 'fold':
      return foldItem(node, preferred);
    case 'version':
      return versionItem(node, preferred);
    case 'more':
      return moreItem(node);
    case 'hint':
      return hintItem(node);
    case 'problem':
      return problemItem(node);
  }
}

/** What a row tells where the pointer rests on it. Made only then: of hundreds of rows it takes longer than all else that they show. */
export function tooltipOf(node: TreeNode, preferred: string | undefined): vscode.MarkdownString | undefined {
  if (node.kind === 'model') return modelTooltip(node.model);
  if (node.kind === 'version') return versionTooltip(node.version, preferred);
  return undefined;
}

function registryItem(node: RegistryNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.name), vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.registryDir;
  item.iconPath = new vscode.ThemeIcon('database');
  item.tooltip = t('Registry in {registryDir}', { registryDir: node.registryDir });
  item.contextValue = 'registry';
  item.accessibilityInformation = { label: t('Registry of {name}', { name: node.name }) };
  return item;
}

function modelItem(
  { registryDir, model, isOpen, isFiltered }: ModelNode,
  preferred: string | undefined,
): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const { production } = model;
  // The editor remembers by it which rows are closed: the only one isn't because it was beside others.
  const idOfFiltered = isFiltered ? `#filtered${isOpen ? '#alone' : ''}` : '';
  const item = new vscode.TreeItem(shortName(model.name, NAME_IN_ROW), isOpen ? Expanded : Collapsed);
  item.id = `${registryDir}#${model.id}${idOfFiltered}`;
  item.iconPath = new vscode.ThemeIcon('package');
  item.description = holderText(model, preferred);
  item.contextValue = production ? 'model:production' : 'model';
  item.accessibilityInformation = {
    label: tCount(
      model.versions,
      'Model {name}, {description}, {count} version',
      'Model {name}, {description}, {count} versions',
      { name: model.name, description: item.description },
    ),
  };
  return item;
}

/** `@3 in production · auc 0.912`, else the same of the newest version: the number first, which a narrow row shows. */
function holderText({ production, latest }: ModelNode['model'], preferred: string | undefined): string {
  if (production)
    return facts(
      t('@{production} in production', { production: numberOf(production) }),
      headlineText(production, preferred),
    );
  if (!latest) return t('no versions');
  return facts(
    t('@{latest} newest', { latest: numberOf(latest) }),
    headlineText(latest, preferred),
    t('none in production'),
  );
}

function versionItem(node: VersionNode, preferred: string | undefined): vscode.TreeItem {
  const { version, isFound, isBelowStage = false } = node;
  const aliases = version.aliases.map((alias) => `@${oneLine(alias, 40)}`).join(' ');
  const later = supersededBy(version);
  const number = numberOf(version);
  const item = new vscode.TreeItem(
    isFound ? `${shortName(version.model, NAME_IN_ROW)} ${number}` : t('Version {version}', { version: number }),
  );
  item.id = `${node.registryDir}#${version.id}`;
  item.iconPath = stageIcon(version.stage);
  // The number first, which a narrow row shows: the icon says the stage, too.
  const described = (stage: string | undefined) =>
    facts(
      headlineText(version, preferred),
      stage,
      version.stagePending ? t('not shared yet') : undefined,
      aliases,
      later === undefined ? undefined : t('superseded by {later}', { later: oneLine(later, 40) }),
    );
  const stage = oneLine(version.stage, 40);
  item.description = described(isBelowStage ? undefined : stage);
  item.contextValue = ['version', version.stage, ...(aliases === '' ? [] : ['aliased'])].join(':');
  item.command = { command: 'modelRegistry.showVersion', title: t('Show Version'), arguments: [node] };
  item.accessibilityInformation = {
    label: t('{model} version {version}, {description}', {
      model: version.model,
      version: number,
      description: described(stage),
    }),
  };
  return item;
}

function stageItem({ registryDir, modelId, model, stage, count }: StageNode): vscode.TreeItem {
  const { Expanded, Collapsed, None } = vscode.TreeItemCollapsibleState;
  const isSmall = count <= 3;
  const item = new vscode.TreeItem(oneLine(stage, 60), count === 0 ? None : isSmall ? Expanded : Collapsed);
  // Another one for an empty stage: the editor remembers by it which rows are closed.
  item.id = `${registryDir}#${modelId}#stage-${stage}${count === 0 ? '#empty' : ''}`;
  item.iconPath = stageIcon(stage);
  item.description = count === 0 ? t('none') : formatNumber(count);
  item.tooltip = t('Drop a version here to move it to {stage}', { stage: oneLine(stage, 60) });
  item.contextValue = 'stage';
  item.accessibilityInformation = {
    label: `${model}, ${stage}, ${tCount(count, '{count} version', '{count} versions')}`,
  };
  return item;
}

function periodItem({ registryDir, modelId, period, isNewest }: PeriodNode): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(period.label, isNewest ? Expanded : Collapsed);
  item.id = `${registryDir}#${modelId}#period-${period.label}`;
  item.iconPath = new vscode.ThemeIcon('calendar');
  item.contextValue = 'period';
  return item;
}

/** Says of many versions what one wants to know: which they are, and the best of them. */
function foldItem({ fold, list }: FoldNode, preferred: string | undefined): vscode.TreeItem {
  const { versions, what } = fold;
  const [newest, oldest] = [versions[0], versions.at(-1)];
  const isRun = what === 'run';
  const item = new vscode.TreeItem(
    isRun
      ? tCount(versions.length, '{count} checkpoint', '{count} checkpoints')
      : tCount(versions.length, '{count} sweep run', '{count} sweep runs'),
    vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = `${list}#${fold.key}`;
  item.iconPath = new vscode.ThemeIcon(isRun ? 'layers' : 'list-tree');
  const range =
    newest && oldest ? t('{oldest} to {newest}', { oldest: numberOf(oldest), newest: numberOf(newest) }) : '';
  item.description = facts(range, bestText(versions, preferred));
  item.tooltip = isRun
    ? t('Checkpoints of the run {run}', { run: oneLine(newest?.runId ?? '', 80) })
    : t('Runs of one code with other params');
  item.contextValue = 'fold';
  item.accessibilityInformation = {
    label: facts(
      newest?.model,
      isRun
        ? tCount(versions.length, '{count} version of one run', '{count} versions of one run')
        : tCount(versions.length, '{count} version of a sweep', '{count} versions of a sweep'),
      item.description,
    ),
  };
  return item;
}

/** `best auc 0.931 (14)` */
function bestText(versions: readonly VersionSummary[], preferred: string | undefined): string {
  const name = headlineMetric(versions[0]?.metrics ?? {}, { preferred })?.name;
  if (name === undefined) return '';
  const direction = metricDirection(name);
  if (direction === 'neutral') return '';
  let best: { readonly version: VersionSummary; readonly value: number } | undefined;
  for (const version of versions) {
    const value = Object.hasOwn(version.metrics, name) ? version.metrics[name] : undefined;
    if (typeof value !== 'number') continue;
    if (!best || (direction === 'higher' ? value > best.value : value < best.value)) best = { version, value };
  }
  return best
    ? t('best {name} {value} ({version})', {
        name: oneLine(name, 40),
        value: formatMetric(best.value),
        version: numberOf(best.version),
      })
    : '';
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(t('Show more'));
  item.id = `${node.list}#more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'modelRegistry.showMore', title: t('Show More'), arguments: [node] };
  return item;
}

function hintItem(node: HintNode): vscode.TreeItem {
  const item = new vscode.TreeItem('');
  item.id = node.id;
  item.description = node.text;
  item.accessibilityInformation = { label: node.text };
  return item;
}

/** Also for the Production view. */
export function problemItem(node: ProblemNode): vscode.TreeItem {
  const message = oneLine(unticked(node.message), 1000);
  // First what to do, which a click does: a narrow view shows little of the message.
  const label = node.isDamaged === true ? t('Damaged: verify it') : t('Not readable: see output');
  const item = new vscode.TreeItem(label);
  item.description = withShortPaths(message, node.registryDir);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.tooltip = message;
  item.accessibilityInformation = { label: `${label}. ${message}` };
  item.contextValue = 'problem';
  item.command =
    node.isDamaged === true
      ? { command: 'modelRegistry.verify', title: t('Verify'), arguments: [node] }
      : { command: 'modelRegistry.showOutput', title: t('Show Output') };
  return item;
}
