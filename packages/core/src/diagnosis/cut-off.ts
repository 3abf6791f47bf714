import type { Observation } from './case.ts'

/** Whether the body of an answer was begun and not ended: what would have said more may be what is missing. */
export function isCutOff({ message = '' }: Observation): boolean {
  const text = message.trim()
  if (/<Error>/.test(text)) return !/<\/Error>/.test(text)
  return text.startsWith('{') && !text.endsWith('}')
}
