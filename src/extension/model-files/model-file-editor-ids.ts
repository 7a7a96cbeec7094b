/** Formats whose files are models, and those that may be anything: the second are opened as models only when asked for. */
export const MODEL_FILE_EDITORS = ['modelRegistry.modelFile', 'modelRegistry.modelFileOption'] as const;
