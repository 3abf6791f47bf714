export type Rows = readonly (readonly unknown[])[]

/** Whether two results say the same. Sums of fractions differ in their last digits with the order of adding. */
export function sameRows(one: Rows, other: Rows): boolean {
  return one.length === other.length && one.every((row, index) => sameCells(row, other[index] ?? []))
}

function sameCells(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((cell, index) => sameCell(String(cell), String(other[index])))
}

function sameCell(one: string, other: string): boolean {
  if (one === other) return true
  const [first, second] = [Number(one), Number(other)]
  return Math.abs(first - second) <= 1e-9 * Math.abs(first)
}
