import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultRoleName } from './names.ts'

describe('the default name of a role', () => {
  it('is the connection’s own where IAM allows it', () => {
    expect(defaultRoleName('lake_test-1')).toBe('sluice-lake_test-1')
  })

  it('differs for connections that differ only in what had to be replaced', () => {
    expect(new Set(['a b', 'a.b', 'a-b', 'a  b', '-a-b'].map(defaultRoleName)).size).toBe(5)
  })

  it('is always a name that IAM takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        expect(defaultRoleName(name)).toMatch(/^sluice-[\w-]{1,57}$/)
      }),
    )
  })
})
