import { accessError } from '@sluice/core'
import { RE2JS } from 're2js'

/** Longer than any pattern for file names needs to be. */
const MAX_PATTERN_CHARACTERS = 2000

/**
 * Compiles a regular expression that must match a whole path. It runs in time linear in the path, whatever the pattern:
 * one user's pattern cannot hold up the server.
 */
export function compilePattern(pattern: string): (path: string) => boolean {
  if (pattern.length > MAX_PATTERN_CHARACTERS)
    throw accessError('stage.pattern', { message: `The pattern has more than ${MAX_PATTERN_CHARACTERS} characters.` })
  try {
    const compiled = RE2JS.compile(pattern)
    return (path) => compiled.matches(path)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : 'it cannot be compiled'
    throw accessError('stage.pattern', { message: `The pattern is not a regular expression: ${detail}.`, cause })
  }
}
