/** Copies the example into `workspace` and commits it there, as whoever git says this person is. */
export function copyExample(workspace: string): Promise<void>;
