import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';
import { repositoryRoot } from './harness/install.ts';
import type { Workbench } from './harness/workbench.ts';

const CLI = join(repositoryRoot, 'dist/cli.js');

/** A picture of one colour, in red, green and blue. */
function picture(colour: readonly number[], side = 120): Buffer {
  const row = Buffer.from([0, ...Array.from({ length: side }, () => colour).flat()]);
  const chunk = (type: string, content: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** Two numbers, called `layer.weight`. */
function safetensors(number: number): Buffer {
  const header = JSON.stringify({ 'layer.weight': { dtype: 'F32', shape: [2], data_offsets: [0, 8] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(8, number)]);
}

keepEvidenceOfFailures();

describe('the editor’s own means', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;
  let workbench: Workbench;

  function run(...args: readonly string[]): void {
    execFileSync(process.execPath, [CLI, '-C', workspace, ...args], { encoding: 'utf8' });
  }

  async function train(number: number): Promise<void> {
    await writeFile(join(workspace, 'out/config.json'), `{\n  "layers": ${number * 2}\n}\n`);
    await writeFile(join(workspace, 'out/curve.png'), picture([200, number * 60, 40]));
    await writeFile(join(workspace, 'out/weights.safetensors'), safetensors(number));
    run('register', 'fraud-detector', 'out', '--metrics', `auc=${0.8 + number / 100}`, '--metrics', `f1=${0.5}`);
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-native-'));
    workspace = join(dir, 'fraud-detector');
    await mkdir(join(workspace, 'out'), { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: workspace });
    await writeFile(join(workspace, '.gitignore'), 'out/\n');
    await writeFile(join(workspace, 'serve.py'), 'model = load_model("models:/fraud-detector/Production")\n');
    run('init');
    await train(1);
    run('promote', 'fraud-detector@1', 'production', '--reason', 'First');
    await train(2);
    await writeFile(
      join(workspace, 'model-registry.yaml'),
      [
        'models:',
        '  fraud-detector:',
        '    outputs: [out/**]',
        '    gates:',
        '      production:',
        '        - {metric: auc, min: 0.95}',
        '        - {metric: acu, min: 0.5}',
        '',
      ].join('\n'),
    );
    editor = await openEditor({
      workspace,
      theme: 'dark',
      settings: { 'modelRegistry.autoRegister': false, 'files.autoSave': 'off' },
    });
    workbench = editor.workbench;
    await workbench.openContainer('Model Registry');
    await workbench.treeRow('Version 2').waitFor();
  });

  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('open a file of a version, as it was registered', async () => {
    await workbench.chooseFromMenu(workbench.treeRow('Version 1'), 'Files', 'Open Files of This Version');
    await workbench.choose('config.json');
    await workbench.tab(/config\.json/).waitFor();
    await workbench.page.locator('.view-line', { hasText: /"layers":\s2/ }).waitFor();
    await editor.screenshot('native-file');
  });

  it('open a model file of a version in the viewer of model files', async () => {
    await workbench.chooseFromMenu(workbench.treeRow('Version 1'), 'Files', 'Open Files of This Version');
    await workbench.choose('weights.safetensors');
    await workbench.tab(/weights\.safetensors/).waitFor();
    const page = await workbench.customEditor('modelFile');
    await page.getByText('layer.weight').first().waitFor();
    await editor.screenshot('native-model-file');
  });

  it('compare a text of two versions, and pictures beside each other', async () => {
    await workbench.chooseFromMenu(workbench.treeRow('Version 2'), 'Files', 'Compare Files');
    await workbench.choose('config.json');
    await workbench.tab(/config\.json \(fraud-detector@1 ↔ @2\)/).waitFor();
    const side = (name: string) => workbench.page.locator(`.part.editor .editor.${name} .view-line`);
    await side('original')
      .filter({ hasText: /"layers":\s2/ })
      .waitFor();
    await side('modified')
      .filter({ hasText: /"layers":\s4/ })
      .waitFor();
    await workbench.chooseFromMenu(workbench.treeRow('Version 2'), 'Files', 'Compare Files');
    await workbench.choose('curve.png');
    await workbench.tab(/curve\.png \(fraud-detector@1 ↔ @2\)/).waitFor();
    const shown = async () => {
      const sizes = workbench.page.frames().map((frame) =>
        frame
          .locator('img')
          .evaluateAll((all) => all.map((image) => image.clientWidth))
          .catch(() => []),
      );
      return (await Promise.all(sizes)).flat().filter((width) => width > 0).length;
    };
    await expect.poll(shown, { timeout: 30_000 }).toBe(2);
    await editor.screenshot('native-pictures');
  });

  it('say over the gates what they find, and mark a metric that no version has', async () => {
    await workbench.openFile('model-registry.yaml');
    await workbench.page.locator('.codelens-decoration', { hasText: '@2: 0 of 2 gates passed' }).waitFor();
    await workbench.page.locator('.squiggly-warning').first().waitFor();
    await editor.screenshot('native-gates');
  });

  it('complete a metric’s name', async () => {
    await workbench.page.locator('.view-line', { hasText: 'acu' }).click();
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('- {metric: ');
    await workbench.page.keyboard.press('Control+Space');
    await workbench.page.locator('.suggest-widget .monaco-list-row', { hasText: 'auc' }).first().waitFor();
    await editor.screenshot('native-completion');
    await workbench.page.keyboard.press('Escape');
    await workbench.runCommand('File: Revert File');
    // A key of the file's own, with what is written behind it.
    await workbench.page.locator('.view-line', { hasText: /outputs:/ }).click();
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.keyboard.type('da');
    await workbench.page.keyboard.press('Control+Space');
    await workbench.page.locator('.suggest-widget .monaco-list-row', { hasText: 'data' }).first().click();
    await workbench.page.locator('.view-line', { hasText: /^\s*data:\s\[\]$/ }).waitFor();
    await workbench.runCommand('File: Revert File');
  });

  it('tell which version a reference in Python is now', async () => {
    await workbench.openFile('serve.py');
    const reference = workbench.page.locator('.view-line span', { hasText: 'models:/fraud-detector' }).last();
    const hover = workbench.page.locator('.monaco-hover:visible', { hasText: /In\sproduction\ssince/ });
    const isShown = async () => {
      // Where the pointer rests already, nothing is asked again.
      await workbench.page.locator('.part.statusbar').hover();
      await reference.hover();
      return hover.waitFor({ timeout: 3000 }).then(
        () => true,
        () => false,
      );
    };
    await expect.poll(isShown, { timeout: 30_000 }).toBe(true);
    expect(await hover.innerText()).toMatch(/fraud-detector@1/);
    await editor.screenshot('native-hover');
    await hover.getByRole('link', { name: 'Show the version' }).click();
    await workbench.tab(/fraud-detector@1/).waitFor();
  });

  it('mark the outputs that are a version’s', async () => {
    await workbench.openContainer('Explorer');
    await workbench.expand(workbench.treeRow('out'));
    const marks = `[...document.querySelectorAll('.explorer-folders-view *')]
      .filter((part) => getComputedStyle(part, '::after').content === '"2"').length`;
    await expect.poll(() => workbench.page.evaluate(marks), { timeout: 30_000 }).toBe(3);
    await editor.screenshot('native-marks');
  });
});
