import { expect, it } from 'vitest'
import { accessesFor } from './access.ts'

it('unites the accesses of several purposes in a fixed order', () => {
  expect(accessesFor(['export', 'import'])).toEqual(['list', 'read', 'write'])
})
