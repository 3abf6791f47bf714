/** The HTTP status that a value is: a number, its digits, or the line of an answer (`403 Forbidden`, `HTTP/1.1 403 Forbidden`). */
export function statusOf(value: unknown): number | undefined {
  const number =
    typeof value === 'string' ? Number(/^(?:HTTP(?:\/[\d.]+)?\s+)?(\d{3})(?:\s+\D*)?$/i.exec(value.trim())?.[1] ?? Number.NaN) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 599 ? number : undefined
}
