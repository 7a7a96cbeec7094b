import { beforeEach, expect, it, vi } from 'vitest';
import { RegistryError } from '../../../src/base/errors.ts';
import type { TransitionResult } from '../../../src/registry/api/stages.ts';
import { versionSummary } from '../../webviews/examples.ts';

const shown: { message: string; buttons: readonly string[] }[] = [];
const ran: unknown[] = [];
let chosen: string | undefined;
interface FakeList {
  readonly items: readonly unknown[];
  hide(): void;
}
let list: FakeList | undefined;
const prompts: string[] = [];
/** What the person makes of the reason that stands in the box; undefined where they leave it. */
let written: ((value: string) => string) | undefined;

vi.mock('vscode', () => ({
  ThemeIcon: Object,
  ThemeColor: Object,
  QuickInputButtons: {},
  QuickPickItemKind: { Separator: -1 },
  commands: { executeCommand: async (...call: unknown[]) => void ran.push(call) },
  workspace: { isTrusted: true, getConfiguration: () => ({ get: () => undefined }) },
  window: {
    showInformationMessage: async (message: string, ...buttons: string[]) => {
      shown.push({ message, buttons });
      return chosen;
    },
    showWarningMessage: async (message: string, ...buttons: string[]) => {
      warned.push({ message, buttons });
      return chosenThen;
    },
    createInputBox: () => {
      const on = () => undefined;
      return {
        ...{ show: on, dispose: on, onDidChangeValue: on, onDidTriggerButton: on, enabled: true, value: '' },
        set prompt(text: string) {
          prompts.push(text);
        },
        onDidAccept(this: { value: string }, accept: () => void) {
          if (written === undefined) return;
          this.value = written(this.value);
          accept();
        },
        onDidHide(leave: () => void) {
          if (written === undefined) leave();
        },
      };
    },
    createQuickPick: () => {
      let onHide = () => undefined;
      const on = () => ({ dispose: () => undefined });
      list = {
        ...{ items: [], show: () => undefined, dispose: () => undefined, hide: () => onHide() },
        ...{ onDidTriggerButton: on, onDidChangeSelection: on, onDidAccept: on },
        onDidHide: (listener: () => undefined) => {
          onHide = listener;
        },
      } as never;
      return list;
    },
  },
}));
const { askedAgainWith } = await import('../../../src/extension/commands/report-error.ts');
const { promote, promotionReasonStep, rollBack, stageStep } = await import('../../../src/extension/commands/stages.ts');
const { tellMoved } = await import('../../../src/extension/commands/tell-moved.ts');

const before = versionSummary(1, { stage: 'production', metrics: { auc: 0.9952 } });
const version = versionSummary(4, { stage: 'staging', metrics: { auc: 0.9925 } });
const rule = { name: 'production', isExclusive: true, displacedTo: 'archived' };
const registry = {
  roots: [],
  connection: { registry: { stages: async () => [rule], listVersions: async () => ({ items: [before] }) } },
};
const opened: unknown[] = [];
/** What is in production when a button is pressed. */
let serving: typeof version | undefined = version;
const warned: { message: string; buttons: readonly string[] }[] = [];
let chosenThen: string | undefined;
const context = {
  log: { info: () => undefined, error: () => undefined },
  pages: { openChanges: (page: unknown) => void opened.push(page) },
  registries: {
    directionsFor: async () => undefined,
    callsFor: async () => ({ showModel: async () => (serving ? { production: serving } : {}) }),
  },
};

beforeEach(() => {
  for (const told of [shown, ran, opened, warned]) told.length = 0;
  chosen = undefined;
  chosenThen = undefined;
  written = undefined;
  prompts.length = 0;
  serving = version;
});

function moved(changes: Partial<TransitionResult> = {}): TransitionResult {
  const result = {
    version,
    from: 'staging',
    to: 'production',
    kind: 'promote',
    seq: 9,
    at: '',
    pending: false,
  } as const;
  return { ...result, displaced: [{ ...before, stage: 'archived' }], ...changes };
}

it('says of a stage, before anything is asked, how the version does beside the one that is there', async () => {
  const place = { title: '', step: 1, totalSteps: 2 };
  const reply = stageStep(place, { registry: registry as never, version });
  await vi.waitFor(() => expect(list?.items).toHaveLength(1));
  expect(list?.items[0]).toMatchObject({
    label: 'production',
    description: expect.stringMatching(/^replaces version 1 · there since /),
    detail: '$(warning) auc is 0.9925, worse than the 0.9952 of version 1 (−0.0027)',
  });
  list?.hide();
  expect(await reply).toEqual({ kind: 'cancelled' });
});

it('says of stages below that the version moves down to them', async () => {
  const names = ['candidate', 'staging', 'production', 'archived'];
  const stages = async () => names.map((name) => ({ name, isExclusive: false }));
  const connection = { registry: { ...registry.connection.registry, stages } };
  const place = { title: '', step: 1, totalSteps: 2 };
  const reply = stageStep(place, { registry: { ...registry, connection } as never, version });
  await vi.waitFor(() => expect(list?.items).toHaveLength(2));
  expect(list?.items).toMatchObject([
    { label: 'production', description: '' },
    { label: 'candidate', description: 'moves down from staging' },
  ]);
  list?.hide();
  await reply;
});

it('asks who was slower than somebody else only whether they still want it, with their reason', async () => {
  const requests: unknown[] = [];
  const calls = { ...registry.connection.registry, show: async () => version, showModel: async () => ({}) };
  const promoteThroughGates = async ({ request }: { request: unknown }) => {
    requests.push(request);
    throw new RegistryError('CONFLICT', 'Ann was faster.');
  };
  const failing = {
    ...context,
    registries: {
      ...context.registries,
      existing: async () => [{ dir: '/r', roots: [], connection: { registry: calls, promoteThroughGates } }],
    },
    reviews: { stageGates: async () => ({ standing: { kind: 'promote' }, results: [] }) },
    activity: { begin: () => () => undefined },
  };
  const attempt = async (argument: object) => promote(failing as never, argument).catch(askedAgainWith);
  written = () => 'Passed review';
  const again = await attempt({ registryDir: '/r', versionId: version.id, stage: 'production' });
  expect(again).toMatchObject({ registryDir: '/r', versionId: version.id, stage: 'production' });
  written = (value) => `${value}, all the same`;
  await attempt(again ?? {});
  expect(requests).toMatchObject([
    { ref: version.id, stage: 'production', reason: 'Passed review' },
    { ref: version.id, stage: 'production', reason: 'Passed review, all the same' },
  ]);
  expect(prompts.at(-1)).toContain('Version 1 moves from production to archived.');
});

it('says before a version leaves production that nothing takes its place', async () => {
  const place = { title: '', step: 2, totalSteps: 2 };
  const staging = { rule: { ...rule, name: 'staging', isExclusive: false } };
  const production = { rule, holder: before };
  await promotionReasonStep(place, { version: before, stage: staging as never });
  await promotionReasonStep(place, { version, stage: production as never });
  expect(prompts).toEqual([
    'fraud-detector@1 moves from production to staging. It is in production: nothing will be in production afterwards.',
    'fraud-detector@4 moves from staging to production. Version 1 moves from production to archived.',
  ]);
});

it.each([
  [before, version, ' auc is 0.9925, worse than the 0.9952 of version 1 (−0.0027).'],
  [version, before, ' auc is 0.9952, better than the 0.9925 of version 4 (+0.0027).'],
  [undefined, before, ''],
])('says when it asks why something goes back how that does beside what is in production', async (now, back, says) => {
  const plan = { stage: 'production', target: back, others: [], held: {}, ...(now ? { current: now } : {}) };
  const calls = { ...registry.connection.registry, rollbackTarget: async () => plan };
  const existing = async () => [{ dir: '/r', roots: [], connection: { registry: calls } }];
  const asking = { ...context, registries: { ...context.registries, existing } };
  const proposal = { number: back.number, stage: 'production', reason: '' };
  await rollBack(asking as never, { registryDir: '/r', modelId: back.modelId, proposal });
  expect(prompts).toHaveLength(1);
  expect(prompts[0]?.startsWith(`fraud-detector@${back.number} goes back into production`)).toBe(true);
  expect(prompts[0]?.endsWith(`checked first.${says}`)).toBe(true);
});

it.each([
  [
    before,
    'fraud-detector@4 isn’t in production any more, but fraud-detector@1. Nothing was rolled back.',
    ['Roll Back…', 'Show Model'],
  ],
  [
    undefined,
    'fraud-detector@4 isn’t in production any more, and no other version is. Nothing was rolled back.',
    ['Show Model'],
  ],
])(
  'rolls nothing back by a message that is out of date, and says what is in production',
  async (now, message, buttons) => {
    chosen = 'Roll Back…';
    serving = now;
    await tellMoved(context as never, '/registry', moved());
    await vi.waitFor(() => expect(warned).toEqual([{ message, buttons }]));
    expect(ran).toEqual([]);
  },
);

it('rolls back what is in production now where that is wanted all the same', async () => {
  chosen = 'Roll Back…';
  chosenThen = 'Roll Back…';
  serving = before;
  await tellMoved(context as never, '/registry', moved());
  await vi.waitFor(() =>
    expect(ran).toEqual([['modelRegistry.rollBack', { registryDir: '/registry', modelId: version.modelId }]]),
  );
});

it('tells what was done, how it does beside what was there, and offers the way back', async () => {
  chosen = 'Roll Back…';
  await tellMoved(context as never, '/registry', moved());
  expect(shown).toEqual([
    {
      message:
        'Promoted fraud-detector@4 to production. Version 1 moved to archived. auc is 0.9925, worse than the 0.9952 of version 1 (−0.0027).',
      buttons: ['What Changed?', 'Roll Back…'],
    },
  ]);
  const target = { registryDir: '/registry', modelId: version.modelId };
  await vi.waitFor(() => expect(ran).toEqual([['modelRegistry.rollBack', target]]));
});

it('offers no way back from where nothing was displaced, and none from a rollback', async () => {
  await tellMoved(context as never, '/registry', moved({ displaced: [] }));
  chosen = 'What Changed?';
  await tellMoved(context as never, '/registry', moved({ kind: 'rollback' }));
  expect(shown.map(({ buttons }) => buttons)).toEqual([['Show Version'], ['What Changed?', 'Show Version']]);
  expect(shown[1]?.message).toContain('Rolled production back to fraud-detector@4.');
  await vi.waitFor(() => expect(opened).toMatchObject([{ beforeId: before.id, afterId: version.id }]));
});
