import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupBy } from '../../../src/base/group-by.ts';
import { contactSheet, type Picture } from '../../webviews/contact-sheet.ts';
import { type Editor, openEditor, THEMES, type Theme } from '../harness/editor.ts';
import { repositoryRoot } from '../harness/install.ts';
import { type EditorScreen, type OpenedProject, PATIENCE_MS, type ProjectName } from './editor-screen.ts';
import { makeExtremeProject } from './extreme-project.ts';
import { nativeScreens } from './native-screens.ts';
import {
  makeDamagedProject,
  makeDeclaredProject,
  makeEmptyFolder,
  makeMistakenProject,
  makeSharedProject,
} from './other-projects.ts';
import { pageScreens } from './page-screens.ts';
import { recordThemes } from './record-themes.ts';
import { stateScreens } from './state-screens.ts';
import { showTheme } from './theme.ts';
import { makeTypicalProject } from './typical-project.ts';

const SHOWN_THEMES = ['light', 'dark', 'high-contrast'] as const satisfies readonly Theme[];
const SIZES = [
  { name: 'wide', width: 1400, height: 900, sideBar: 340 },
  { name: 'narrow', width: 820, height: 720, sideBar: 220 },
] as const;
type Size = (typeof SIZES)[number];

/** A whole run takes a tenth of it where nothing else is done; what isn't shown then isn't waited for any longer. */
const LONGEST_MS = 60 * 60_000;

const allScreens = [...nativeScreens, ...pageScreens, ...stateScreens];
const folder = join(repositoryRoot, 'out/screens/editor');

const makers: Readonly<Record<ProjectName, (dir: string, stateDir: string) => Promise<string>>> = {
  typical: makeTypicalProject,
  extreme: makeExtremeProject,
  empty: makeEmptyFolder,
  declared: makeDeclaredProject,
  mistaken: makeMistakenProject,
  damaged: makeDamagedProject,
  shared: makeSharedProject,
};

/**
 * Pictures of what the packaged extension shows in the real editor, in out/screens/editor: of all screens, or of those whose name or project is
 * given. One editor for all of them. Gives how many screens couldn't be shown.
 */
export async function makeEditorScreens(only?: string): Promise<number> {
  const wanted = allScreens.filter(
    ({ name, project }) => only === undefined || name.includes(only) || project === only,
  );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dir = await mkdtemp(join(tmpdir(), 'model-registry-screens-'));
  const pictures: Picture[] = [];
  let failures = 0;
  try {
    const byProject = groupBy(wanted, ({ project }) => project);
    let editor: Editor | undefined;
    try {
      for (const [project, screens] of byProject) {
        const workspace = await makers[project](dir, join(dir, 'state'));
        editor ??= await openEditor({
          workspace,
          timeoutMs: PATIENCE_MS,
          settings: { 'modelRegistry.autoRegister': false },
          environment: { MODEL_REGISTRY_STATE_DIR: join(dir, 'state') },
        });
        const isFirst = editor.page.url().includes(encodeURIComponent(workspace));
        const workbench = isFirst ? editor.workbench : await editor.openWindow(workspace);
        const opened = { workspace, workbench, page: workbench.page };
        failures += await showAll(opened, screens, pictures);
        if (only === undefined && isFirst) await recordThemes(opened);
        await workbench.page.close();
      }
    } finally {
      await editor?.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  await writeFile(join(folder, 'index.html'), contactSheet('In the editor', pictures));
  console.log(`${pictures.length} pictures: ${join(folder, 'index.html')}`);
  return failures;
}

async function showAll(opened: OpenedProject, screens: readonly EditorScreen[], pictures: Picture[]): Promise<number> {
  let failures = 0;
  const { workbench, page } = opened;
  await workbench.openContainer('Model Registry');
  for (const size of SIZES) {
    await page.setViewportSize({ width: size.width, height: size.height });
    await workbench.setSideBarWidth(size.sideBar);
    for (const screen of screens) {
      if (performance.now() > LONGEST_MS) throw new Error(`It takes more than ${LONGEST_MS / 60_000} minutes.`);
      try {
        for (const [index, theme] of SHOWN_THEMES.entries()) {
          if (index === 0 && screen.isFleeting !== true) {
            await screen.show(opened);
            // What is under the pointer would look chosen, and say what it is.
            await page.mouse.move(2, 2);
          }
          await showTheme(opened, theme);
          if (screen.isFleeting === true) await screen.show(opened);
          pictures.push(await takePicture(opened, screen, size, theme));
        }
      } catch (error) {
        failures += 1;
        console.error(`${screen.project}, ${screen.name}, ${size.name} can't be shown: ${String(error)}`);
        await page.screenshot({ path: join(folder, `failed-${fileName(screen, size, 'dark')}`) });
      }
      await leave(opened, screen);
    }
    console.log(`${screens[0]?.project}: ${screens.length} screens, ${size.name}`);
  }
  return failures;
}

async function takePicture(
  opened: OpenedProject,
  screen: EditorScreen,
  { name, width }: Size,
  theme: (typeof SHOWN_THEMES)[number],
): Promise<Picture> {
  const file = fileName(screen, { name, width }, theme);
  await opened.page.screenshot({ path: join(folder, file), animations: 'disabled' });
  return { file, screen: `${screen.project}: ${screen.name}`, theme: THEMES[theme], width };
}

function fileName({ project, name }: EditorScreen, size: Pick<Size, 'name' | 'width'>, theme: string): string {
  return `${project}-${name.replaceAll(' ', '-')}-${size.name}-${theme}.png`;
}

/** Back to the side bar alone. */
async function leave(opened: OpenedProject, screen: EditorScreen): Promise<void> {
  const { workbench, page } = opened;
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Escape');
  await screen
    .leave?.(opened)
    .catch((error: unknown) => console.error(`${screen.name} can't be left: ${String(error)}`));
  if ((await workbench.tab(/./).count()) > 0) await workbench.runCommand('View: Close All Editors');
}
