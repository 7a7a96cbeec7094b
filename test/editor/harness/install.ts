import { existsSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import { installVsix } from './code-server.ts';

export const repositoryRoot = resolve(import.meta.dirname, '../../..');
export const packagedExtension = join(repositoryRoot, 'out/model-registry.vsix');

const TEMPLATE_VARIABLE = 'MODEL_REGISTRY_TEST_EXTENSIONS';

/** Before the first editor test: installs the packaged extension once, for every test to copy. */
export async function setup(_project: TestProject): Promise<() => Promise<void>> {
  await findChromium();
  if (!existsSync(packagedExtension)) {
    throw new Error(`${packagedExtension} doesn't exist. Make it with: npm run package`);
  }
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-install-'));
  await installVsix(packagedExtension, dir, join(dir, 'extensions'));
  process.env[TEMPLATE_VARIABLE] = join(dir, 'extensions');
  return () => rm(dir, { recursive: true, force: true });
}

/** Fills a fresh extensions folder: with the packaged extension under test, or with `vsix` where a test brings its own. */
export async function fillExtensionsFolder(dir: string, extensionsDir: string, vsix?: string): Promise<void> {
  const template = process.env[TEMPLATE_VARIABLE];
  if (vsix === undefined && template !== undefined) await cp(template, extensionsDir, { recursive: true });
  else await installVsix(vsix ?? packagedExtension, dir, extensionsDir);
}
