import { expect, it, vi } from 'vitest';
import { versionSummary } from '../../webviews/examples.ts';

vi.mock('vscode', () => ({
  MarkdownString: class {
    value = '';
    appendMarkdown(text: string) {
      this.value += text;
    }
  },
}));
const { versionTooltip } = await import('../../../src/extension/models-tree/tooltips.ts');

it('shows the number of a version and the value of its metric, however long the names are, with the ends of these', () => {
  const model = `${'m'.repeat(300)}-end`;
  const metrics = { [`${'a'.repeat(200)}.last`]: 0.25 };
  const lines = versionTooltip(versionSummary(7, { model, metrics }), undefined).value.replace(/\\/g, '').split('  \n');
  expect(lines[0]).toMatch(/^\*\*m+…m*-end@7\*\*$/);
  expect(lines).toContainEqual(expect.stringMatching(/^a+…a*\.last\u00a00\.25$/));
});
