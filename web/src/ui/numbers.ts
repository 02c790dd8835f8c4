/** Numbers as people write them. */
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const FIGURE_SPACE = '\u2007'

/** A number with a place for its sign: two decimals, none from 100 on, and a power of ten from 10⁶ on. */
export function signed(value: number): string {
  const size = Math.abs(value)
  const text = size < 1e6 ? size.toFixed(size >= 100 ? 0 : 2) : scientific(size)
  // What rounds to nothing has no sign.
  const negative = value < 0 && Number(text) !== 0
  return `${negative ? '−' : FIGURE_SPACE}${text}`
}

function scientific(size: number): string {
  const [factor, exponent] = size.toExponential(1).split('e+')
  return `${factor}×10${exponent.replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)])}`
}
