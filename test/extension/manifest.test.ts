import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { COMMAND_IDS } from '../../src/extension/command-ids.ts';
import { CONTEXT_KEYS } from '../../src/extension/context-keys.ts';
import { openKinds, pageKinds } from '../../src/extension/pages/page-kinds.ts';
import { VIEW_IDS } from '../../src/extension/view-ids.ts';
import { EDITORS } from '../editor/harness/install-code-server.ts';

const root = resolve(import.meta.dirname, '../..');
const entry = v.looseObject({ when: v.optional(v.string()) });
const manifestSchema = v.object({
  icon: v.string(),
  engines: v.object({ vscode: v.string() }),
  devDependencies: v.looseObject({ '@types/vscode': v.string() }),
  activationEvents: v.array(v.string()),
  extensionKind: v.array(v.string()),
  capabilities: v.object({
    untrustedWorkspaces: v.object({ supported: v.string(), restrictedConfigurations: v.array(v.string()) }),
    virtualWorkspaces: v.object({ supported: v.boolean() }),
  }),
  contributes: v.object({
    views: v.record(v.string(), v.array(v.looseObject({ id: v.string(), when: v.optional(v.string()) }))),
    viewsContainers: v.record(v.string(), v.array(v.object({ id: v.string(), icon: v.string(), title: v.string() }))),
    walkthroughs: v.array(
      v.object({
        steps: v.array(
          v.looseObject({
            description: v.string(),
            media: v.object({ markdown: v.string() }),
            completionEvents: v.array(v.string()),
          }),
        ),
      }),
    ),
    viewsWelcome: v.array(v.object({ view: v.string(), contents: v.string(), when: v.string() })),
    menus: v.record(v.string(), v.array(entry)),
    submenus: v.array(v.object({ id: v.string(), label: v.string() })),
    configuration: v.object({ properties: v.record(v.string(), v.looseObject({ type: v.string() })) }),
    yamlValidation: v.array(v.object({ fileMatch: v.string(), url: v.string() })),
  }),
});
const nls = v.parse(v.record(v.string(), v.string()), readJson('package.nls.json'));
const manifest = v.parse(manifestSchema, readJson('package.json'));
const { contributes } = manifest;
const views = Object.values(contributes.views).flat();
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('package.json', () => {
  it('runs in the oldest editor that is tested, and uses nothing that came after it', () => {
    const oldest = EDITORS.oldest.version.replace(/^4/, '1');
    expect([manifest.engines.vscode, manifest.devDependencies['@types/vscode']]).toEqual([`^${oldest}`, oldest]);
  });

  it('contributes exactly the views of the list, with a welcome for those that can be empty', () => {
    expect(views.map(({ id }) => id).sort()).toEqual([...VIEW_IDS].sort());
    // The others are there when they have something to show, so that a welcome could only be wrong while they are read.
    const withWelcome = VIEW_IDS.filter((id) => id !== 'modelRegistry.activity' && id !== 'modelRegistry.reviews');
    expect(new Set(contributes.viewsWelcome.map(({ view }) => view))).toEqual(new Set(withWelcome));
  });

  it('asks for exactly the context keys that the extension sets', () => {
    const clauses = [...views, ...contributes.viewsWelcome, ...Object.values(contributes.menus).flat()].map(
      ({ when }) => when ?? '',
    );
    clauses.push(
      ...steps.flatMap(({ completionEvents }) => completionEvents.filter((event) => /^onContext:/.test(event))),
    );
    const own = clauses.flatMap((when) => when.match(/\b(?<!config\.)modelRegistry\.\w+/g) ?? []);
    const keys = own.filter((name) => !views.some(({ id }) => id === name));
    expect([...new Set(keys)].sort()).toEqual([...CONTEXT_KEYS].sort());
    // Of settings the editor itself tells.
    const settings = clauses.flatMap((when) => [...when.matchAll(/\bconfig\.([\w.]+)/g)].map(([, name]) => name));
    expect(settings).not.toEqual([]);
    for (const name of settings) expect(Object.keys(contributes.configuration.properties)).toContain(name);
  });

  it('has every command in the palette, or in the menu that Shift+F10 opens on its row', () => {
    const rowSchema = v.looseObject({
      ...{ command: v.optional(v.string()), submenu: v.optional(v.string()), group: v.optional(v.string()) },
    });
    const rows = v.parse(v.array(rowSchema), contributes.menus['view/item/context']);
    const below = v.parse(
      v.array(rowSchema),
      rows.flatMap(({ submenu }) => (submenu === undefined ? [] : (contributes.menus[submenu] ?? []))),
    );
    const inMenus = new Set(
      [...rows, ...below].filter(({ group }) => group?.startsWith('inline') !== true).map(({ command }) => command),
    );
    const hidden = v
      .parse(
        v.array(v.looseObject({ command: v.string(), when: v.optional(v.string()) })),
        contributes.menus.commandPalette,
      )
      .filter(({ when }) => when === 'false')
      .map(({ command }) => command);
    // Enter on its row runs the one, a button of a version's page the other.
    expect(hidden.filter((command) => !inMenus.has(command)).sort()).toEqual([
      'modelRegistry.saveFile',
      'modelRegistry.showMore',
    ]);
  });

  it('has menus of rows that are short, the submenus that they lead to, and what takes something away last', () => {
    const menu = v.parse(
      v.array(
        v.object({
          command: v.optional(v.string()),
          submenu: v.optional(v.string()),
          when: v.string(),
          group: v.string(),
        }),
      ),
      contributes.menus['view/item/context'],
    );
    const ofVersion = menu
      .filter(({ when, group }) => /view == modelRegistry.models/.test(when) && !group.startsWith('inline'))
      .filter(({ when }) => /\^\(?version/.test(when) && !/&& listMultiSelection/.test(when))
      .toSorted((a, b) => (a.group < b.group ? -1 : 1));
    expect(ofVersion.length).toBeLessThanOrEqual(14);
    expect(ofVersion.slice(-2).map(({ command }) => command)).toEqual([
      'modelRegistry.archive',
      'modelRegistry.delete',
    ]);
    // The editor shows a submenu once, and ignores a second entry for other rows.
    const used = menu.flatMap(({ submenu }) => submenu ?? []);
    expect(used.toSorted()).toEqual(contributes.submenus.map(({ id }) => id).sort());
    for (const id of used) expect(contributes.menus[id]?.length).toBeGreaterThan(1);
    const inTitle = v
      .parse(v.array(v.looseObject({ when: v.string(), group: v.string() })), contributes.menus['view/title'])
      .filter(({ when, group }) => /^view == modelRegistry.models/.test(when) && group.startsWith('navigation'));
    // A narrow side bar has room for two beside the view's name; of the filter's two, one is there at a time.
    expect(inTitle).toHaveLength(3);
  });

  it('begins the menu of what is in production with rolling back, and that of other versions with promoting', () => {
    const menu = v.parse(
      v.array(v.object({ command: v.optional(v.string()), when: v.string(), group: v.string() })),
      contributes.menus['view/item/context'],
    );
    const stagesOf = (viewItem: string) =>
      menu
        .filter(({ when, group }) => /view == modelRegistry.models/.test(when) && group.startsWith('1_stage@'))
        .filter(({ when }) => new RegExp(/viewItem =~ \/(.*?)\/ /.exec(when)?.[1] ?? '(?!)').test(viewItem))
        .toSorted((a, b) => (a.group < b.group ? -1 : 1))
        .flatMap(({ command }) => command ?? []);
    expect(stagesOf('version:production')).toEqual(['modelRegistry.rollBack', 'modelRegistry.promote']);
    expect(stagesOf('version:candidate')).toEqual(['modelRegistry.promote']);
    expect(stagesOf('model:production')).toEqual(['modelRegistry.rollBack']);
  });

  it('names icons and schemas that exist', () => {
    const files = [
      manifest.icon,
      ...Object.values(contributes.viewsContainers).flatMap((all) => all.map(({ icon }) => icon)),
      ...contributes.yamlValidation.map(({ url }) => url),
      ...steps.map(({ media }) => media.markdown),
    ];
    expect(files.filter((file) => !existsSync(resolve(root, file)))).toEqual([]);
  });

  it('offers only commands that exist in welcomes and walkthroughs, whose steps complete by what happens', () => {
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...steps.map((step) => step.description),
    ].map((text) => nls[text.replaceAll('%', '')] ?? text);
    const commands = texts.flatMap((text) =>
      [...text.matchAll(/\(command:(modelRegistry\.\w+)\)/g)].map(([, id]) => id),
    );
    expect(commands.length).toBeGreaterThan(5);
    expect(commands.filter((id) => !COMMAND_IDS.some((known) => known === id))).toEqual([]);
    // Of what was so before the editor read the walkthrough, only another event can tell: that its page is looked at.
    const seen = (events: readonly string[]) =>
      events.filter((event) => event.endsWith(' && activeEditor == gettingStartedPage'));
    expect(steps.filter(({ completionEvents }) => seen(completionEvents).length !== 1)).toEqual([]);
  });

  it('starts for each kind of page that was open before a window was reloaded', () => {
    const viewTypes = openKinds.map((kind) => `onWebviewPanel:${pageKinds[kind].viewType}`);
    expect(manifest.activationEvents.filter((event) => event.startsWith('onWebviewPanel:')).sort()).toEqual(
      viewTypes.sort(),
    );
  });

  it('starts where models are trained or kept, though nobody looks at its views, and has no folder searched for that', () => {
    const paths = manifest.activationEvents.flatMap((event) => event.split(/^workspaceContains:/)[1] ?? []);
    const signs = [
      ...['train.py', 'src/train.py', 'requirements.txt', 'pyproject.toml', 'mlruns', 'dvc.yaml', 'wandb'],
      ...['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin', 'adapter_model.safetensors'],
    ];
    expect(signs.filter((path) => !paths.includes(path))).toEqual([]);
    expect(paths.filter((path) => /[*?{[]/.test(path))).toEqual([]);
    expect(manifest.activationEvents).toContain('onLanguage:python');
    expect(manifest.activationEvents).toContain('onNotebook:jupyter-notebook');
  });

  it('never starts in every window', () => {
    expect(manifest.activationEvents).not.toContain('*');
    expect(manifest.activationEvents).not.toContain('onStartupFinished');
  });

  it('has the same menus where the folder is on another machine, whose files have the scheme vscode-remote', () => {
    const conditions = Object.values(contributes.menus)
      .flat()
      .flatMap(({ when }) => when ?? []);
    const ofFiles = conditions.filter((when) => /resourceScheme/.test(when));
    expect(ofFiles.length).toBeGreaterThan(0);
    expect(ofFiles.filter((when) => !when.includes('resourceScheme =~ /^(file|vscode-remote)$/'))).toEqual([]);
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
  });

  it('lets no workspace that isn’t trusted say where the registry is', () => {
    const { untrustedWorkspaces } = manifest.capabilities;
    expect(untrustedWorkspaces.supported).toBe('limited');
    expect(untrustedWorkspaces.restrictedConfigurations).toContain('modelRegistry.registryPath');
  });

  it('has no setting that nothing reads', () => {
    const source = readFileSync(resolve(root, 'src/extension/settings.ts'), 'utf8');
    const names = Object.keys(contributes.configuration.properties).map((name) => name.replace('modelRegistry.', ''));
    expect(names.filter((name) => !source.includes(`setting('${name}'`))).toEqual([]);
  });
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(resolve(root, path), 'utf8'));
}
