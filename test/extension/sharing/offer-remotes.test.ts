import { beforeEach, describe, expect, it, vi } from 'vitest';

const URL = 'https://hostile.example/models';
const executed: unknown[][] = [];
const asked: string[] = [];
const workspace = { isTrusted: true };
let answer: string | undefined;

vi.mock('vscode', () => ({
  workspace,
  commands: { executeCommand: async (...args: unknown[]) => void executed.push(args) },
}));
vi.mock('../../../src/extension/notify.ts', () => ({
  inform: async (text: string) => {
    asked.push(text);
    return answer;
  },
}));
const { offerRemotes } = await import('../../../src/extension/sharing/offer-remotes.ts');

/** A window with a folder whose project file names storage, and everything that is asked of its registry. */
function opened(answers = new Map<string, string>()) {
  const calls: string[] = [];
  const root = { name: 'cloned', uri: { fsPath: '/cloned', toString: () => 'file:///cloned' } };
  const connection = {
    project: async () => ({ models: {}, remote: URL }),
    make: async () => void calls.push('make'),
    attach: async () => void calls.push('attach'),
    registry: { remote: async () => void calls.push('remote') },
  };
  let settled: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    settled = resolve;
  });
  const options = {
    registries: {
      byRoot: async () => ({ dir: '/cloned/.git/model-registry', exists: false, connection }),
      relocate: async () => void calls.push('relocate'),
    },
    projectFiles: { roots: [root], has: () => true, onDidChange: () => ({ dispose() {} }) },
    remotes: {
      answerFor: (_root: unknown, url: string) => answers.get(url),
      remember: async (_root: unknown, url: string, said: string) => {
        answers.set(url, said);
        settled();
      },
    },
    log: { warn: (text: string) => expect.fail(text) },
  };
  offerRemotes(options as never);
  return { calls, answers, done };
}

/** Everything that was begun has ended. */
const idle = () => vi.waitFor(() => new Promise((resolve) => setImmediate(resolve)));

beforeEach(() => {
  executed.length = 0;
  asked.length = 0;
  answer = undefined;
  workspace.isTrusted = true;
});

describe('storage that a project file names', () => {
  it('is only shown to the person, who is asked once, and gets nothing when they say no or close the question', async () => {
    const { calls, answers, done } = opened();
    await done;
    await idle();
    expect(asked).toEqual([expect.stringContaining(URL)]);
    expect([calls, executed]).toEqual([[], []]);
    expect(answers.get(URL)).toBe('no');
    opened(answers);
    await idle();
    expect(asked).toHaveLength(1);
  });

  it('is connected by the command that asks again what is to happen, once they say yes', async () => {
    answer = 'Connect…';
    const { done } = opened();
    await done;
    await vi.waitFor(() => expect(executed).toHaveLength(1));
    expect(executed[0]).toEqual(['modelRegistry.connectStorage', expect.objectContaining({ url: URL })]);
  });

  it('is not even shown in a workspace that isn’t trusted', async () => {
    workspace.isTrusted = false;
    const { calls } = opened();
    await idle();
    expect([asked, calls, executed]).toEqual([[], [], []]);
  });
});
