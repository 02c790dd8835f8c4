/** Letters of the scripts that are written from right to left. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/**
 * A name that turns none of the text beside it round: one from right to left is isolated, by the
 * characters that do what `<bdi>` does, since names stand in menus and titles too.
 */
export function isolated(name: string): string {
  return FROM_THE_RIGHT.test(name) ? `\u2068${name}\u2069` : name
}
