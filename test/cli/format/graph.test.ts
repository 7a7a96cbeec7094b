import { expect, it } from 'vitest';
import { graphText } from '../../../src/cli/format/graph.ts';

it('a graph is two trees, in which what stands twice is named again', () => {
  const node = (id: string, stage?: string) =>
    ({ id, kind: 'version', label: id, ...(stage === undefined ? {} : { stage }) }) as const;
  const text = graphText({
    subject: 'b@1',
    nodes: [
      node('b@1', 'staging'),
      node('a@1'),
      { id: 'data', kind: 'data', label: 'train\u001b[31m.csv', detail: 'ab3f' },
      node('c@1', 'production'),
      node('d@1'),
      node('e@1'),
    ],
    edges: [
      { from: 'data', to: 'b@1' },
      { from: 'a@1', to: 'b@1' },
      { from: 'b@1', to: 'c@1' },
      { from: 'b@1', to: 'd@1' },
      { from: 'c@1', to: 'e@1' },
      { from: 'd@1', to: 'e@1' },
    ],
  });
  expect(text).toBe(
    [
      'b@1 staging',
      '  made from',
      '    ├─ data train�[31m.csv ab3f',
      '    └─ a@1',
      '  went into',
      '    ├─ c@1 production',
      '    │  └─ e@1',
      '    └─ d@1',
      '       └─ e@1',
    ].join('\n'),
  );
  expect(graphText({ subject: 'a@1', nodes: [node('a@1')], edges: [] })).toContain(
    'Nothing is known before or after it.',
  );
});
