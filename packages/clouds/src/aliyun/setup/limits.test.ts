import { describe, expect, it } from 'vitest'
import { checkSize } from './limits.ts'

// {"a":""} and the text itself.
const documentOf = (size: number) => ({ a: 'x'.repeat(size - '{"a":""}'.length) })

describe('the limits of policies', () => {
  it.each([
    ['permission', 6_144],
    ['trust', 2_048],
    ['bucket', 16_384],
  ] as const)('refuse a %s policy beyond %i characters', (kind, limit) => {
    expect(() => checkSize(documentOf(limit), kind)).not.toThrow()
    expect(() => checkSize(documentOf(limit + 1), kind)).toThrow(
      expect.objectContaining({ reason: 'setup.policy_too_large', context: { size: limit + 1, limit } }),
    )
  })
})
