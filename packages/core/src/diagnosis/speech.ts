import type { Failure } from './failure.ts'

/**
 * Everything that an answer says, on one line: the cloud's words, and what whoever printed them put around. Words are looked for here,
 * since no list of wrappings is ever whole.
 */
export function speechOf({ observation, clue }: Failure): string {
  return [clue.code, clue.text, ...Object.values(clue.fields), observation.message]
    .filter((one) => one !== undefined)
    .join(' ')
    .slice(0, LONGEST)
    .replaceAll(/\\+(?=["'])/g, '')
    .replaceAll(/\s+/g, ' ')
}

/** Words of a refusal stand at the beginning of what was printed. */
const LONGEST = 40_000

/** Whether there was no answer because no address was found for the name of the host. */
export function isUnresolved({ observation, clue }: Failure): boolean {
  const words = `${observation.code ?? ''} ${clue.code ?? ''} ${observation.message ?? ''}`
  return /network\.dns|\bENOTFOUND\b|\bEAI_AGAIN\b|getaddrinfo|could not resolve host|name or service not known|no such host|NameResolution|UnknownHost|nodename nor servname/i.test(
    words,
  )
}

/** Whether there was no answer at all. */
export function isUnreachable(failure: Failure): boolean {
  const words = `${failure.observation.code ?? ''} ${failure.clue.code ?? ''} ${failure.observation.message ?? ''}`
  return (
    isUnresolved(failure) ||
    /\bnetwork\.(timeout|reset|failed|refused)|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|connect(ion)? timed out|connect(ion)? ?timeout|i\/o timeout|connection refused/i.test(
      words,
    )
  )
}
