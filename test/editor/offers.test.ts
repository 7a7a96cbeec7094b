import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safetensors } from '../outputs/safetensors.ts';
import { type Editor, keepEvidenceOfFailures, openEditor } from './harness/editor.ts';

const MODEL = 'models/churn.safetensors';
const RUN = '6c1f0a2b3c4d5e6f708192a3b4c5d6e7';

keepEvidenceOfFailures();

describe('a Python project without model-registry.yaml', () => {
  let dir = '';
  let workspace = '';
  let editor: Editor;

  const write = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'model-registry-offers-'));
    workspace = join(dir, 'churn-project');
    await mkdir(workspace);
    await write('requirements.txt', 'scikit-learn\n');
    await write('metrics.json', '{"auc": 0.91}');
    await cp(resolve(import.meta.dirname, '../importing/fixtures/mlflow-files/mlruns'), join(workspace, 'mlruns'), {
      recursive: true,
    });
    editor = await openEditor({ workspace });
  });
  afterAll(async () => {
    await editor?.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('is offered once to import what MLflow has, where the registry has nothing of it', async () => {
    const { workbench } = editor;
    const offer = workbench.notification('MLflow has 3 versions of churn here');
    await offer.waitFor({ timeout: 60_000 });
    await editor.screenshot('offers-0-import');
    await workbench.clickNotificationButton('MLflow has 3 versions', 'Not Now');
    await offer.waitFor({ state: 'hidden' });
    await workbench.openContainer('Model Registry');
    const welcome = workbench.view('Models').getByRole('button', { name: 'Import Models' });
    await welcome.waitFor();
  });

  it('gets one offer when a model appears, and declares and registers it for good', async () => {
    const { workbench } = editor;
    const offer = workbench.notification(`${MODEL} looks like a trained model`);
    // The extension is started by requirements.txt, at some moment after the window has opened.
    for (let attempt = 1; attempt <= 20 && !(await offer.isVisible()); attempt += 1) {
      await write(MODEL, safetensors([attempt]));
      await offer.waitFor({ timeout: 4000 }).catch(() => undefined);
    }
    await editor.screenshot('offers-1-offer');
    expect(await offer.innerText()).toContain('Register it as churn, with metrics.json?');
    await workbench.clickNotificationButton(`${MODEL} looks like`, 'Always for This Place');
    await workbench.notification(/churn@1 registered: auc 0\.91/).waitFor();
    expect(await readFile(join(workspace, 'model-registry.yaml'), 'utf8')).toContain(
      `models:\n  churn:\n    outputs: [${MODEL}]\n    metrics: [metrics.json]\n`,
    );
    expect(await offer.isVisible()).toBe(false);
  });

  it('shows which version was registered before its run had ended', async () => {
    const { workbench } = editor;
    await workbench.clearNotifications();
    const now = Date.now();
    await write('mlruns/0/meta.yaml', 'experiment_id: "0"\nname: Default\nlifecycle_stage: active\n');
    await write(
      `mlruns/0/${RUN}/meta.yaml`,
      `run_id: ${RUN}\nrun_name: bold-fox\nexperiment_id: "0"\nlifecycle_stage: active\nstatus: 3\nstart_time: ${now - 60_000}\nend_time: ${now + 600_000}\n`,
    );
    await write(MODEL, safetensors([101]));
    await workbench.notification(/churn@2 registered/).waitFor();
    await write(MODEL, safetensors([102]));
    await workbench.notification(/churn@3 registered.*It takes the place of churn@2: the run had gone on/).waitFor();
    await workbench.openContainer('Model Registry');
    await workbench.expand(workbench.treeRow('churn'));
    await workbench.treeRow('Version 2').waitFor();
    expect(await workbench.treeRow('Version 2').innerText()).toContain('superseded by 3');
    await editor.screenshot('offers-2-superseded');
  });

  it('imports the versions of MLflow by the palette, after the person has seen which', async () => {
    const { workbench } = editor;
    await workbench.clearNotifications();
    await workbench.runCommand('Model Registry: Import Models…');
    const row = workbench.quickPickRow('churn');
    await row.waitFor();
    expect(await row.innerText()).toMatch(/3 versions.*MLflow, mlruns[\s\S]*production: 2/);
    expect(await row.innerText()).toContain("1 version can't be imported: its files are at s3://models/churn");
    await editor.screenshot('offers-3-import-models');
    await editor.page.keyboard.press('Enter');
    await workbench.quickPickRow('Import, with stages and aliases').waitFor();
    await editor.screenshot('offers-4-import-how');
    await workbench.choose('Import, with stages and aliases');
    const done = workbench.notification(/Imported 3 versions of churn\./);
    await done.waitFor();
    await editor.screenshot('offers-5-imported');
    expect(await done.innerText()).toContain("1 version couldn't be imported.");
    await workbench.treeRow('Version 6').waitFor();
  });
});
