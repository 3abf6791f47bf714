import { describe, expect, it } from 'vitest'
import { checkSize, policyKind } from './limits.ts'

// {"a":""} and the text itself.
const documentOf = (size: number) => ({ a: 'x'.repeat(size - '{"a":""}'.length) })

describe('the limits of policies', () => {
  it.each([
    [6144, 'role', 'managed'],
    [6145, 'role', 'inline'],
    [10_240, 'role', 'inline'],
    [6144, 'user', 'managed'],
  ] as const)('puts %i characters of a %s into a policy that is %s', (size, holder, kind) => {
    expect(policyKind(documentOf(size), holder)).toBe(kind)
  })

  it.each([
    [10_241, 'role', 10_240],
    [6145, 'user', 6144],
  ] as const)('refuses %i characters of a %s', (size, holder, limit) => {
    expect(() => policyKind(documentOf(size), holder)).toThrow(
      expect.objectContaining({ reason: 'setup.policy_too_large', context: { size, limit } }),
    )
  })

  it('refuses a trust policy beyond 2,048 characters', () => {
    expect(() => checkSize(documentOf(2048), 'trust')).not.toThrow()
    expect(() => checkSize(documentOf(2049), 'trust')).toThrow(expect.objectContaining({ reason: 'setup.policy_too_large' }))
  })
})
