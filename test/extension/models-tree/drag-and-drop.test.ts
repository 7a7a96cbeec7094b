import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { TreeNode } from '../../../src/extension/models-tree/nodes.ts';
import { versionSummary } from '../../webviews/examples.ts';

const complaints = vi.hoisted(() => [] as string[]);

vi.mock('vscode', () => ({
  DataTransferItem: class {
    readonly value: unknown;
    constructor(value: unknown) {
      this.value = value;
    }
    asString = async () => String(this.value);
  },
  window: { showErrorMessage: async (message: string) => void complaints.push(message) },
}));

const vscode = await import('vscode');
const { draggedVersions, versionsForProduction } = await import('../../../src/extension/models-tree/drag-and-drop.ts');

const TYPE = 'application/vnd.code.tree.modelregistry.models';

function versionNode(number: number, stage = 'candidate', modelId = 'M'): TreeNode {
  const version = versionSummary(number, { stage, modelId });
  return { kind: 'version', registryDir: '/one', modelId, versionId: version.id, version };
}

const stageNode = (stage: string): TreeNode => ({
  ...{ kind: 'stage', registryDir: '/one', modelId: 'M', model: 'fraud-detector', stage, count: 0 },
});

/** What is carried from one row to another. */
function carrier() {
  const items: [string, unknown][] = [];
  return {
    set: (type: string, item: unknown) => void items.push([type, item]),
    [Symbol.iterator]: () => items[Symbol.iterator](),
  };
}

async function dropped(nodes: readonly TreeNode[], target: TreeNode | undefined) {
  const commands: unknown[] = [];
  const controller = draggedVersions(async (...call) => void commands.push(call));
  const transfer = carrier();
  await controller.handleDrag?.(nodes, transfer as never, {} as never);
  await controller.handleDrop?.(target, transfer as never, {} as never);
  return commands;
}

beforeEach(() => {
  complaints.length = 0;
});

describe('a version that is dragged', () => {
  it('begins to move to the stage on which it is dropped, or to that of a version', async () => {
    const node = versionNode(2);
    const target = { registryDir: '/one', modelId: 'M', versionId: versionSummary(2).id };
    expect(await dropped([node], stageNode('staging'))).toEqual([
      ['modelRegistry.promote', { ...target, stage: 'staging' }],
    ]);
    expect(await dropped([node], versionNode(1, 'production'))).toEqual([
      ['modelRegistry.promote', { ...target, stage: 'production' }],
    ]);
    expect(await dropped([node], stageNode('archived'))).toEqual([
      ['modelRegistry.archive', { ...target, stage: 'archived' }],
    ]);
    expect(complaints).toEqual([]);
  });

  it('moves nowhere where it is already, beside other models, or with others', async () => {
    expect(await dropped([versionNode(2)], stageNode('candidate'))).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await dropped([versionNode(2)], versionNode(3, 'production', 'other'))).toEqual([]);
    expect(await dropped([versionNode(2), versionNode(3)], stageNode('staging'))).toEqual([]);
    expect(await dropped([versionNode(2)], undefined)).toEqual([]);
    expect(complaints).toHaveLength(3);
    expect(await dropped([stageNode('staging')], stageNode('production'))).toEqual([]);
  });

  it('is to be in production where it is dropped on what is there in the Production view', async () => {
    const commands: unknown[] = [];
    const transfer = carrier();
    // What the editor itself puts there.
    transfer.set(TYPE, new vscode.DataTransferItem('{"id":"modelRegistry.models","itemHandles":["0/0:x"]}'));
    const { handleDrag } = draggedVersions(async () => undefined);
    await handleDrag?.([versionNode(2)], transfer as never, {} as never);
    const { handleDrop } = versionsForProduction(async (...call) => void commands.push(call));
    await handleDrop?.(
      { kind: 'production', registryDir: '/one', modelId: 'M' } as never,
      transfer as never,
      {} as never,
    );
    expect(commands).toMatchObject([['modelRegistry.promote', { stage: 'production' }]]);
    await handleDrop?.({ kind: 'machine' } as never, transfer as never, {} as never);
    expect(commands).toHaveLength(1);
  });

  it('is nothing that came from elsewhere', async () => {
    const commands: unknown[] = [];
    const { handleDrop } = draggedVersions(async (...call) => void commands.push(call));
    for (const text of ['', '{', '[{"registryDir":1}]', '{"__proto__":{}}', 'null']) {
      const transfer = carrier();
      transfer.set(TYPE, new vscode.DataTransferItem(text));
      await handleDrop?.(stageNode('production'), transfer as never, {} as never);
    }
    expect([commands, complaints]).toEqual([[], []]);
  });
});
