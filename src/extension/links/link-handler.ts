import * as vscode from 'vscode';
import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { toldOf } from '../../base/retold.ts';
import { findModel, findVersion } from '../file-system/version-registries.ts';
import { complain } from '../notify.ts';
import type { Pages } from '../pages/pages.ts';
import type { Registries } from '../registries/registries.ts';
import { type LinkTarget, parseLink } from './version-link.ts';

export interface LinkOptions {
  readonly registries: Pick<Registries, 'existing'>;
  readonly pages: Pick<Pages, 'openVersion' | 'openComparison' | 'openModel' | 'openReview'>;
}

/** Opens the page that a link names. A link only ever shows something: whoever wrote it can't have anything done. */
export function handleLinks(options: LinkOptions): vscode.Disposable {
  return vscode.window.registerUriHandler({ handleUri: (uri) => openLink(uri, options) });
}

export async function openLink(uri: Pick<vscode.Uri, 'path' | 'query'>, options: LinkOptions): Promise<void> {
  const target = parseLink(uri);
  try {
    if (target) await open(target, options);
    else await complain(t('This link to the model registry isn’t whole. Copy it again with “Copy Link”.'));
  } catch (error) {
    const isElsewhere = RegistryError.is(error) && error.code.endsWith('_NOT_FOUND');
    await complain(isElsewhere && target ? elsewhere(target) : toldOf(error));
  }
}

async function open(target: LinkTarget, { registries, pages }: LinkOptions): Promise<void> {
  if (target.kind === 'model') {
    const { registry, model } = await findModel(registries, target.modelId);
    pages.openModel({ registryDir: registry.dir, modelId: model.id });
    return;
  }
  const [first = ''] = target.kind === 'comparison' ? target.versionIds : [target.versionId];
  const { registry, version } = await findVersion(registries, first);
  const place = { registryDir: registry.dir, versionId: version.id };
  if (target.kind === 'version') pages.openVersion(place);
  else if (target.kind === 'review') pages.openReview({ ...place, stage: target.stage });
  else {
    for (const ref of target.versionIds) await registry.connection.registry.show({ ref });
    pages.openComparison({ registryDir: registry.dir, versionIds: target.versionIds });
  }
}

function elsewhere(target: LinkTarget): string {
  const { kind } = target;
  const what =
    kind === 'comparison'
      ? t('Not all versions of this link are in a registry of this window.')
      : target.name !== undefined
        ? t('{version} isn’t in a registry of this window.', { version: target.name })
        : kind === 'model'
          ? t('The model of this link isn’t in a registry of this window.')
          : t('The version of this link isn’t in a registry of this window.');
  return `${what} ${t('Open the folder of the project, let it sync, and follow the link again.')}`;
}
