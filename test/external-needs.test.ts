import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { NEEDS } from './support/external-needs.ts'

it('every suite that runs against software of others says what it needs', () => {
  const suites = globSync('{packages/*/test,apps/*/test,test}/*.external.test.ts', { cwd: resolve(import.meta.dirname, '..') })
  expect(Object.keys(NEEDS).toSorted()).toEqual(suites.toSorted())
})
