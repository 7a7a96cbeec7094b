import { isUlid } from '../../base/ids.ts';

/** What a link leads to. `name` is for whoever reads the link, and for the message where the version isn't here. */
export type LinkTarget =
  | { readonly kind: 'version'; readonly versionId: string; readonly name?: string }
  | { readonly kind: 'model'; readonly modelId: string; readonly name?: string }
  | { readonly kind: 'comparison'; readonly versionIds: readonly string[] };

const MOST_COMPARED = 8;
const NAME = /^[A-Za-z0-9][\w.-]{0,127}@(?:[1-9]\d{0,9}|draft-[0-9a-z]{6})$/;
const MODEL_NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** `vscode://model-registry.model-registry/version?id=01J…&name=fraud-detector@7`: it names the version, and no place on a machine. */
export function linkTo(target: LinkTarget, app: { readonly uriScheme: string; readonly extensionId: string }): string {
  const base = `${app.uriScheme}://${app.extensionId}`;
  if (target.kind === 'comparison') return `${base}/comparison?ids=${target.versionIds.join(',')}`;
  const [id, pattern] = target.kind === 'version' ? [target.versionId, NAME] : [target.modelId, MODEL_NAME];
  const { name } = target;
  return `${base}/${target.kind}?id=${id}${name === undefined || !pattern.test(name) ? '' : `&name=${name}`}`;
}

/** Reads what anybody may have put behind a link; undefined for anything but a link as `linkTo` makes it. */
export function parseLink({ path, query }: { readonly path: string; readonly query: string }): LinkTarget | undefined {
  if (query.length > 1000) return undefined;
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  if (new Set(names).size !== names.length) return undefined;
  if ((path === '/version' || path === '/model') && names.every((name) => name === 'id' || name === 'name')) {
    const isModel = path === '/model';
    const id = parameters.get('id') ?? '';
    const name = parameters.get('name') ?? undefined;
    if (!isUlid(id) || (name !== undefined && !(isModel ? MODEL_NAME : NAME).test(name))) return undefined;
    const named = name === undefined ? {} : { name };
    return isModel ? { kind: 'model', modelId: id, ...named } : { kind: 'version', versionId: id, ...named };
  }
  if (path === '/comparison' && names.every((name) => name === 'ids')) {
    const versionIds = (parameters.get('ids') ?? '').split(',');
    const areLegal = versionIds.every(isUlid) && new Set(versionIds).size === versionIds.length;
    if (!areLegal || versionIds.length < 2 || versionIds.length > MOST_COMPARED) return undefined;
    return { kind: 'comparison', versionIds };
  }
  return undefined;
}
