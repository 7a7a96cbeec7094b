// Pictures of all that the extension shows, for people to look at. docs/testing.md says what can be asked for.
import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagedExtension } from '../editor/harness/install.ts';
import { makeEditorScreens } from '../editor/screens/make-editor-screens.ts';
import { makeReadmePictures } from '../editor/screens/make-readme-pictures.ts';
import { makePageScreens } from './make-page-screens.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { editor: { type: 'boolean', default: false }, readme: { type: 'boolean', default: false } },
});
const [only] = positionals;
const isEditorAlone = values.editor;

if (values.readme) {
  await wantPackage();
  await makeReadmePictures();
} else {
  let flaws = isEditorAlone ? 0 : await makePageScreens(only);
  if (isEditorAlone || only === undefined) {
    await wantPackage();
    flaws += await makeEditorScreens(only);
  }
  process.exitCode = flaws === 0 ? 0 : 1;
}

async function wantPackage(): Promise<void> {
  await access(packagedExtension).catch((cause: unknown) => {
    throw new Error(`${packagedExtension} doesn't exist. Make it with: npm run package`, { cause });
  });
}
