/** A user who owns nothing that others can't write to either. */
const NOBODY = 65_534;

/** As whom to run what permissions are to stop: root passes them by. Undefined: as who we are. */
export const withoutPrivileges = process.getuid?.() === 0 ? NOBODY : undefined;
