// Pictures of all that the extension shows, for people to look at. docs/testing.md says what can be asked for.
import { access } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { packagedExtension } from '../editor/harness/install.ts';
import { makeEditorScreens } from '../editor/screens/make-editor-screens.ts';
import { makeReadmePictures } from '../editor/screens/make-readme-pictures.ts';
import { makePageScreens } from './make-page-screens.ts';

const usage = `npm run screens                       all pictures: those of the pages, and those of the editor
npm run screens -- review             those of one page
npm run screens -- review:empty       those of one page in one state
npm run screens -- --editor [part]    what VS Code draws for the extension; those screens whose name, or whose project’s, has the part
npm run screens -- --readme           the pictures of the README and of docs/

Pictures are laid into out/screens, with an index.html that shows them side by side; docs/testing.md tells more.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    editor: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [only] = positionals;
const isEditorAlone = values.editor;

if (values.help) {
  console.log(usage);
} else if (values.readme) {
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
