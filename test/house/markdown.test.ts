import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../src/extension');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

/** What stands in the parentheses of every call of `name`, without their ends. */
function argumentsOf(name: string): readonly string[] {
  return sources.flatMap(({ name: file, text }) =>
    [...text.matchAll(new RegExp(`\\b${name}\\(([^\\n]*)`, 'g'))].map(([, rest = '']) => `${file}: ${rest}`),
  );
}

describe('Markdown that the editor renders', () => {
  it('has words of our own alone as Markdown: what people and files say is added as text', () => {
    const made = [...argumentsOf('appendMarkdown'), ...argumentsOf('new vscode\\.MarkdownString')];
    expect(made.length).toBeGreaterThan(10);
    const own = /\$\{t\('[^'{]*'\)\}|\$\{(page|pageOf\(found\))\.toString\(\)\}/g;
    const others = made.filter((call) => {
      const [, argument = ''] =
        /^[^:]+: (.*)$/.exec(call.replace(own, '').replace(/^([^:]+: )t\('[^'{]*'\)/, "$1''")) ?? [];
      return !/^(\)|'[^'$]*'\)|`[^`$]*`\))/.test(argument);
    });
    expect(others).toEqual([]);
  });

  it('may run the one command that shows a version, and no HTML', () => {
    const trusted = sources.flatMap(({ name, text }) =>
      [...text.matchAll(/\.(isTrusted|supportHtml) = ([^;]*)/g)].map(
        ([, property, value]) => `${name}: ${property} = ${value}`,
      ),
    );
    expect(trusted.length).toBeGreaterThan(0);
    expect(
      trusted.filter(
        (line) => !/isTrusted = \{ enabledCommands: \[(SHOW_VERSION|'modelRegistry.showVersion')\] \}$/.test(line),
      ),
    ).toEqual([]);
  });

  it('has no webview whose links run commands', () => {
    expect(sources.filter(({ text }) => /enableCommandUris/.test(text)).map(({ name }) => name)).toEqual([]);
  });
});
