/** Numbers as people write them. */

/** A number with two digits behind the point where it is small, and a place for its sign. */
export function signed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : 2
  return `${value < 0 ? '−' : '\u2007'}${Math.abs(value).toFixed(digits)}`
}
