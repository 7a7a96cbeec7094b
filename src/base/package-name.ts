/** The name of a Python package as it is compared (PEP 503). */
export function comparedPackageName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
