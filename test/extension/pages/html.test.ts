import { afterEach, describe, expect, it } from 'vitest';
import { speak } from '../../../src/base/language.ts';
import { escapeHtml, pageHtml } from '../../../src/extension/pages/html.ts';

const page = {
  kind: 'version',
  title: '"><script>alert(1)</script>',
  state: { registryDir: `/tmp/"'><img src=x onerror=alert(1)>`, versionId: '01JD0000000000000000000002' },
  nonce: 'abc123',
  cspSource: 'https://*.vscode-cdn.net',
  scriptUri: 'https://file.vscode-cdn.net/dist/webviews/version.js',
  styleUri: 'https://file.vscode-cdn.net/dist/webviews/page.css',
} as const;

afterEach(() => speak(undefined));

describe('the HTML of a page', () => {
  it('brings the texts of the editor’s language, and none for English', () => {
    expect(pageHtml(page)).not.toContain('data-language');
    speak({ tag: 'de', texts: { Retry: '"><script>' } });
    const html = pageHtml(page);
    expect(html).toContain('<html lang="de">');
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('data-language="{&quot;tag&quot;:&quot;de&quot;');
  });

  it('allows only its own script, styles and font', () => {
    const policy = /content="(default-src[^"]*)"/.exec(pageHtml(page))?.[1]?.replaceAll('&#39;', "'");
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'nonce-abc123'",
      'style-src https://*.vscode-cdn.net',
      'font-src data:',
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  it('lets pictures in, as data, only where files of a version are looked at', () => {
    expect(pageHtml({ ...page, kind: 'review', state: { ...page.state, stage: 'production' } })).toContain(
      'img-src &#39;none&#39;',
    );
  });

  it('keeps titles and folders from becoming markup', () => {
    const html = pageHtml(page);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<img');
  });

  it('carries which page it is in an attribute', () => {
    const state = /data-state="([^"]*)"/.exec(pageHtml(page))?.[1] ?? '';
    const unescaped = state
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    expect(JSON.parse(unescaped)).toEqual(page.state);
  });

  it('escapes every character that means something in HTML', () => {
    expect(escapeHtml(`&<>"'`)).toBe('&amp;&lt;&gt;&quot;&#39;');
  });
});
