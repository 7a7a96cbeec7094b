import * as vscode from 'vscode';
import { messageOf } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import type { ProductionEntry } from '../../catalog/read-models/holders.ts';
import type { ServingMachine } from '../../registry/api/serving.ts';
import { type DeployNode, deployedText, deploymentItem, deployNode } from '../after/deploy-items.ts';
import type { Deployments, KnownDeployment } from '../after/deployments.ts';
import { type ProblemNode, problemNode } from '../models-tree/nodes.ts';
import { stageIcon } from '../models-tree/stage-icon.ts';
import { productionTooltip } from '../models-tree/tooltips.ts';
import { problemItem } from '../models-tree/tree-items.ts';
import type { Registries } from '../registries/registries.ts';
import { preferredMetric } from '../settings.ts';
import { facts, momentText, NAME_IN_ROW, numberOf, oneLine, shortName } from '../version-text.ts';
import { driftIcon, type MachineNode, machineItem, machineNode, servedText } from './machine-items.ts';

export interface ProductionNode {
  readonly kind: 'production';
  readonly registryDir: string;
  readonly modelId: string;
  readonly versionId: string;
  readonly entry: ProductionEntry;
  /** What follows the model and reports it. */
  readonly machines: readonly ServingMachine[];
  /** Folders of the window's workspaces that it is deployed to. */
  readonly deployments: readonly KnownDeployment[];
  /** Names of the workspace folders, where the window has several registries. */
  readonly place?: string;
}

type Node = ProductionNode | DeployNode | MachineNode | ProblemNode;

/** What the tree needs of the window's registries. */
type ProductionRegistries = Pick<Registries, 'existing' | 'problems' | 'onDidChange'>;

/** The editor has shown what it read by then. */
const AGAIN_MS = 1000;

/** What is in production, since when, by whom, what was there before, and which machines really serve it. */
export class ProductionTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #registries: ProductionRegistries;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #deployments: Pick<Deployments, 'of' | 'onDidChange'>;
  readonly #subscription: vscode.Disposable;
  #again: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(
    registries: ProductionRegistries,
    deployments: Pick<Deployments, 'of' | 'onDidChange'>,
    log: vscode.LogOutputChannel,
  ) {
    this.#registries = registries;
    this.#deployments = deployments;
    this.#log = log;
    this.#subscription = vscode.Disposable.from(
      registries.onDidChange(() => this.refresh()),
      deployments.onDidChange(() => this.#refreshTwice()),
    );
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  /**
   * Beginning and end of a deployment come close together, and where the second is told while the editor takes in the rows of the first, it takes these for
   * the rows that it asked for anew: a deployment that had ended went on in the view.
   */
  #refreshTwice(): void {
    this.refresh();
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.refresh(), AGAIN_MS).unref();
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node?.kind === 'production') {
      return [
        ...node.deployments.map((deployment) => deployNode(node.modelId, deployment)),
        ...node.machines.map((machine) => machineNode(node.registryDir, machine)),
      ];
    }
    if (node) return [];
    // What can't be read must not look as if nothing were in production.
    const problems = (await this.#registries.problems()).map(
      ({ root, message }): ProblemNode => ({ kind: 'problem', id: `problem#${root.uri.toString()}`, message }),
    );
    const existing = await this.#registries.existing();
    const perRegistry = await Promise.all(
      existing.map(({ dir, roots, connection }) =>
        Promise.all([connection.registry.production(), connection.registry.serving({ isFresh: false })]).then(
          ([entries, machines]) => {
            const place = existing.length > 1 ? roots.map(({ name }) => name).join(', ') : undefined;
            return entries.map((entry) =>
              productionNode({ dir, entry, machines, place, deployments: this.#deployments.of(dir, entry.modelId) }),
            );
          },
          (error: unknown) => [this.#problem(dir, error)],
        ),
      ),
    );
    return [...problems, ...perRegistry.flat()];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'problem':
        return problemItem(node);
      case 'machine':
        return machineItem(node);
      case 'deployment':
        return deploymentItem(node);
      case 'production':
        return productionItem(node, preferredMetric());
    }
  }

  dispose(): void {
    clearTimeout(this.#again);
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #problem(dir: string, error: unknown): ProblemNode {
    this.#log.error(`What is in production can't be shown: ${messageOf(error)}`);
    return problemNode(dir, dir, error);
  }
}

function productionNode(options: {
  readonly dir: string;
  readonly entry: ProductionEntry;
  readonly machines: readonly ServingMachine[];
  readonly deployments: readonly KnownDeployment[];
  readonly place: string | undefined;
}): ProductionNode {
  const { dir, entry, deployments, place } = options;
  const { modelId, version } = entry;
  const machines = options.machines.filter((machine) => machine.modelId === modelId);
  const node: ProductionNode = {
    ...{ kind: 'production', registryDir: dir, modelId, versionId: version.id, entry },
    machines,
    deployments,
  };
  return place === undefined ? node : { ...node, place };
}

function productionItem(node: ProductionNode, preferred: string | undefined): vscode.TreeItem {
  const { entry, registryDir, machines, deployments } = node;
  const { version, previous } = entry;
  const since = t('since {moment}', { moment: momentText(version.stageClaimedAt ?? entry.since) });
  const by = t('by {name}', { name: oneLine(entry.by.name, 60) });
  const before = previous ? t('before: {previous}', { previous: numberOf(previous) }) : undefined;
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const { text: served, isDrift: isServedDrift } = servedText(machines);
  const { text: deployed, isDrift: isDeployDrift } = deployedText(deployments);
  const isDrift = isServedDrift || isDeployDrift;
  const isOpen = isDrift ? Expanded : Collapsed;
  const item = new vscode.TreeItem(
    // The number first, as among the reviews: cut off behind a long name, 16 would read as 1.
    `@${numberOf(version)} ${shortName(entry.model, NAME_IN_ROW)}`,
    machines.length + deployments.length === 0 ? None : isOpen,
  );
  // Another one when machines drift: the editor remembers by it which rows are closed.
  item.id = `${registryDir}#${entry.modelId}${isDrift ? '#drift' : ''}`;
  item.iconPath = isDrift ? driftIcon() : stageIcon('production');
  const waits = version.stagePending ? t('not shared yet') : undefined;
  item.description = facts(node.place, waits, deployed, served, since, by, before);
  item.tooltip = productionTooltip(entry, preferred);
  item.contextValue = previous ? 'production:previous' : 'production';
  item.command = { command: 'modelRegistry.showVersion', title: t('Show Version'), arguments: [node] };
  const spoken = facts(
    deployed,
    served,
    since,
    by,
    previous ? t('before it version {previous}', { previous: numberOf(previous) }) : undefined,
  );
  item.accessibilityInformation = {
    label: t('{model} version {version} is in production, {spoken}', {
      model: entry.model,
      version: numberOf(version),
      spoken,
    }),
  };
  return item;
}
