import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { Workbench } from './harness/workbench.ts';

const WAIT_MS = 60_000;

keepEvidenceOfFailures();

it('the welcome of an empty folder opens the sample, with versions to try things with', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-sample-editor-'));
  const workspace = join(dir, 'empty');
  await mkdir(workspace);
  const editor = await openEditor({ workspace, environment: { TMPDIR: dir } });
  try {
    await editor.workbench.openContainer('Model Registry');
    const opening = editor.page.context().waitForEvent('page', { timeout: WAIT_MS });
    await editor.page.getByRole('button', { name: 'Open Sample' }).click();
    const page = await opening;
    const workbench = new Workbench(page);
    await workbench.waitUntilReady();
    expect(page.url()).toContain('fraud-detector');
    // It begins with what can be tried, beside the views to try it in.
    await page.locator('.tab', { hasText: 'README.md' }).waitFor({ timeout: WAIT_MS });
    // The preview takes the keyboard when it has loaded, and closes what list is open then.
    await expect.poll(() => page.evaluate('document.activeElement?.tagName'), { timeout: WAIT_MS }).toBe('IFRAME');
    const production = workbench.view('Production');
    await production.getByText('fraud-detector').first().waitFor({ timeout: WAIT_MS });
    await workbench.runCommand('Model Registry: Roll Back…');
    expect((await workbench.quickPickLabels())[0]).toBe('fraud-detector@1');
    await page.keyboard.press('Escape');
    await workbench.quickInputWidget.waitFor({ state: 'hidden' });
    await workbench.runCommand('Model Registry: Promote…');
    await workbench.choose('Version 3');
    await workbench.choose('production');
    // The gate that holds it is on the page of its review.
    await page.locator('.tab', { hasText: 'Review fraud-detector@3 for production' }).waitFor({ timeout: WAIT_MS });
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.choose('Get Started with Model Registry');
    // What was so before the walkthrough was opened is ticked, too.
    await page.locator('.getting-started-step').first().waitFor();
    for (const title of ['Open a project', 'Declare what training writes', 'Train, or register', 'Promote a version']) {
      const step = page.locator('.getting-started-step', { hasText: title });
      await step.locator('.codicon-getting-started-step-checked').waitFor();
    }
  } finally {
    await editor.close();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
});
