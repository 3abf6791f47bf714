/** The HTTP status that a value is, as a number or as its digits. */
export function statusOf(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 599 ? number : undefined
}
