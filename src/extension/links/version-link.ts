import { isUlid } from '../../base/ids.ts';
import { MODEL_NAME_PATTERN as MODEL } from '../../project/model-name.ts';

/** What a link leads to. `name` is for whoever reads the link, and for the message where what it names isn't here. */
export type LinkTarget =
  | { readonly kind: 'version'; readonly versionId: string; readonly name?: string }
  | { readonly kind: 'comparison'; readonly versionIds: readonly string[] }
  | { readonly kind: 'model'; readonly modelId: string; readonly name?: string }
  | { readonly kind: 'review'; readonly versionId: string; readonly stage: string; readonly name?: string };

const MOST_COMPARED = 8;
const NAME = /^[A-Za-z0-9][\w.-]{0,127}@(?:[1-9]\d{0,9}|draft-[0-9a-z]{6})$/;
const STAGE = /^[a-z][a-z0-9-]{0,31}$/;

/** `vscode://model-registry.model-registry/version?id=01J…&name=fraud-detector@7`: it names the version, and no place on a machine. */
export function linkTo(target: LinkTarget, app: { readonly uriScheme: string; readonly extensionId: string }): string {
  const base = `${app.uriScheme}://${app.extensionId}`;
  if (target.kind === 'comparison') return `${base}/comparison?ids=${target.versionIds.join(',')}`;
  if (target.kind === 'model') return `${base}/model?id=${target.modelId}${named(target.name, MODEL)}`;
  const stage = target.kind === 'review' ? `&stage=${target.stage}` : '';
  return `${base}/${target.kind}?id=${target.versionId}${stage}${named(target.name, NAME)}`;
}

function named(name: string | undefined, pattern: RegExp): string {
  return name === undefined || !pattern.test(name) ? '' : `&name=${name}`;
}

/** Reads what anybody may have put behind a link; undefined for anything but a link as `linkTo` makes it. */
export function parseLink({ path, query }: { readonly path: string; readonly query: string }): LinkTarget | undefined {
  if (query.length > 1000) return undefined;
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  if (new Set(names).size !== names.length) return undefined;
  const only = (...allowed: readonly string[]) => names.every((name) => allowed.includes(name));
  const id = parameters.get('id') ?? '';
  const name = parameters.get('name') ?? undefined;
  const said = name === undefined ? {} : { name };
  const isSaid = (pattern: RegExp) => name === undefined || pattern.test(name);
  if (path === '/version' && only('id', 'name'))
    return isUlid(id) && isSaid(NAME) ? { kind: 'version', versionId: id, ...said } : undefined;
  if (path === '/model' && only('id', 'name'))
    return isUlid(id) && isSaid(MODEL) ? { kind: 'model', modelId: id, ...said } : undefined;
  if (path === '/review' && only('id', 'stage', 'name')) {
    const stage = parameters.get('stage') ?? '';
    return isUlid(id) && STAGE.test(stage) && isSaid(NAME)
      ? { kind: 'review', versionId: id, stage, ...said }
      : undefined;
  }
  if (path === '/comparison' && only('ids')) {
    const versionIds = (parameters.get('ids') ?? '').split(',');
    const areLegal = versionIds.every(isUlid) && new Set(versionIds).size === versionIds.length;
    if (!areLegal || versionIds.length < 2 || versionIds.length > MOST_COMPARED) return undefined;
    return { kind: 'comparison', versionIds };
  }
  return undefined;
}
