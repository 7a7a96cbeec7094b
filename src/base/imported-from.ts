/** The tag that says what a version was in another registry, `mlflow:churn/3`: by it a version is known when it is met again. */
export const IMPORTED_FROM = 'imported-from';

/** What the version says that it was imported from. */
export function importedFrom(version: { readonly tags: Readonly<Record<string, string>> }): string | undefined {
  return version.tags[IMPORTED_FROM];
}
