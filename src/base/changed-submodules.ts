interface WithSubmodules {
  readonly submodules?: readonly { readonly path: string; readonly isDirty?: true }[];
}

/** The paths of submodules that had changes which their commits haven't; `isDirty` of the code itself says nothing of them. */
export function changedSubmodules({ submodules = [] }: WithSubmodules): readonly string[] {
  return submodules.filter(({ isDirty }) => isDirty).map(({ path }) => path);
}
