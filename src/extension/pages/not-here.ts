import { RegistryError } from '../../base/errors.ts';
import { t } from '../../base/language.ts';
import { type OpenPage, pageKinds, versionsOf } from './page-kinds.ts';

/**
 * What to tell where the registry of a page doesn't know what the page is about: another registry is in the folder now. The tab has the name
 * that it had, and people know no ids. Anything else is told as it is.
 */
export function notHere(error: unknown, page: OpenPage, tabTitle: string): unknown {
  if (!RegistryError.is(error, 'MODEL_NOT_FOUND') && !RegistryError.is(error, 'VERSION_NOT_FOUND')) return error;
  if (!idsOf(page).some((id) => error.message.includes(id))) return error;
  const dir = page.state.registryDir;
  const message =
    tabTitle === pageKinds[page.kind].firstTitle()
      ? t(
          'The registry in {dir} doesn’t have what this page showed: another registry is there now. Close the page, or put the former registry back and press “Retry”.',
          { dir },
        )
      : t(
          'The registry in {dir} doesn’t have “{name}”: another registry is there now than the one this page was opened from. Close the page, or put the former registry back and press “Retry”.',
          { dir, name: tabTitle },
        );
  return new RegistryError(error.code, message, { cause: error });
}

function idsOf(page: OpenPage): readonly string[] {
  if (page.kind === 'graph') return [page.state.of.slice(page.state.of.indexOf(':') + 1)];
  return page.kind === 'model' || page.kind === 'plots' ? [page.state.modelId] : versionsOf(page);
}
