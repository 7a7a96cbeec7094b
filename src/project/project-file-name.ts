/** The file's place: the root of the workspace, in git. */
export const PROJECT_FILE = 'model-registry.yaml';
