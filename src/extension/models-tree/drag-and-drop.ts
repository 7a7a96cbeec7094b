import * as v from 'valibot';
import * as vscode from 'vscode';
import { jsonIfAny } from '../../base/json-if-any.ts';
import { formatNumber, t } from '../../base/language.ts';
import { complain } from '../notify.ts';
import type { ProductionNode } from '../production/production-tree.ts';
import { labelOf } from '../version-text.ts';
import type { TreeNode } from './nodes.ts';

/** What the editor calls what is dragged out of the Models view. */
const VERSIONS = 'application/vnd.code.tree.modelregistry.models';

const draggedSchema = v.array(
  v.object({
    registryDir: v.string(),
    modelId: v.string(),
    versionId: v.string(),
    stage: v.string(),
    label: v.string(),
  }),
);

type RunCommand = (id: string, argument: unknown) => Promise<unknown>;

interface DropPlace {
  readonly registryDir: string;
  readonly modelId: string;
  readonly stage: string;
}

/** Versions are dragged onto a stage, or onto a version in it, which begins to move them there: the same questions and gates as from a menu. */
export function draggedVersions(runCommand: RunCommand): vscode.TreeDragAndDropController<TreeNode> {
  return {
    dragMimeTypes: [VERSIONS],
    dropMimeTypes: [VERSIONS],
    handleDrag(nodes, transfer) {
      const dragged = nodes.flatMap((node) =>
        node.kind === 'version'
          ? [
              {
                ...{ registryDir: node.registryDir, modelId: node.modelId, versionId: node.versionId },
                ...{ stage: node.version.stage, label: labelOf(node.version) },
              },
            ]
          : [],
      );
      if (dragged.length > 0) transfer.set(VERSIONS, new vscode.DataTransferItem(JSON.stringify(dragged)));
    },
    handleDrop: (target, transfer) => drop(placeOf(target), transfer, runCommand),
  };
}

/** The same for the Production view: what is dropped on a model's row is to be in production. */
export function versionsForProduction<T>(runCommand: RunCommand): vscode.TreeDragAndDropController<T | ProductionNode> {
  return {
    dragMimeTypes: [],
    dropMimeTypes: [VERSIONS],
    handleDrop: (target, transfer) => drop(productionPlace(target), transfer, runCommand),
  };
}

function placeOf(target: TreeNode | undefined): DropPlace | undefined {
  if (target?.kind === 'stage') return target;
  if (target?.kind !== 'version') return undefined;
  const { registryDir, modelId, version } = target;
  return { registryDir, modelId, stage: version.stage };
}

const productionSchema = v.object({ kind: v.literal('production'), registryDir: v.string(), modelId: v.string() });

function productionPlace(target: unknown): DropPlace | undefined {
  const parsed = v.safeParse(productionSchema, target);
  return parsed.success ? { ...parsed.output, stage: 'production' } : undefined;
}

async function drop(
  place: DropPlace | undefined,
  transfer: vscode.DataTransfer,
  runCommand: RunCommand,
): Promise<void> {
  const dragged = await draggedIn(transfer);
  const [first] = dragged;
  if (!first) return;
  if (!place) {
    await complain(t('Drop a version on a stage, or on a version that is in it, to move it there.'));
    return;
  }
  if (dragged.length > 1) {
    await complain(
      t('One version is moved at a time, and {number} were dropped.', { number: formatNumber(dragged.length) }),
    );
    return;
  }
  const { registryDir, modelId, versionId, stage, label } = first;
  if (registryDir !== place.registryDir || modelId !== place.modelId) {
    await complain(t('{label} belongs to another model, so that it can’t be dropped there.', { label }));
    return;
  }
  if (stage === place.stage) return;
  const command = place.stage === 'archived' ? 'modelRegistry.archive' : 'modelRegistry.promote';
  await runCommand(command, { registryDir, modelId, versionId, stage: place.stage });
}

/**
 * What is dropped may come from anywhere: nothing but our own rows is taken. Between two views, the editor puts a note of its own under the
 * same type before what we gave it.
 */
async function draggedIn(transfer: vscode.DataTransfer): Promise<v.InferOutput<typeof draggedSchema>> {
  for (const [type, item] of transfer) {
    if (type !== VERSIONS) continue;
    const parsed = v.safeParse(draggedSchema, jsonIfAny(await item.asString()));
    if (parsed.success) return parsed.output;
  }
  return [];
}
