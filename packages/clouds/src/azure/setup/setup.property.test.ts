import { ACCESSES, isAccessError, type JsonObject, type Location } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLATFORM, connectionOf } from '../../../test/support/azure-setup-cases.ts'
import { readTerraform } from '../../../test/support/hcl-reader.ts'
import { setupAzure } from './index.ts'

const HOSTILE = ['"', '`', '$', '{', '}', '%', '*', '?', '/', ' ', 'a', '2', '#', '<', '[', ']', ')', '(', 'é', '中', '\u{1f600}', '!', '@']
const word = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
const evilWord = fc.oneof(
  { weight: 6, arbitrary: word },
  word.map((text) => `${text}'`),
  word.map((text) => `\\${text}`),
)

const location: fc.Arbitrary<Location> = fc
  .record({
    bucket: fc.constantFrom('raw', 'raw-2', 'landing'),
    account: fc.constantFrom('lakedata', 'other'),
    path: evilWord,
    extent: fc.constantFrom('bucket', 'folder', 'object'),
  })
  .map(({ bucket, account, path, extent }) => ({
    cloud: 'azure',
    account,
    bucket,
    prefix: extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path,
    extent,
  }))

const connection = fc
  .record({
    name: fc.string({ unit: 'binary', maxLength: 40 }),
    access: fc.subarray([...ACCESSES], { minLength: 1 }),
    locations: fc.array(location, { minLength: 1, maxLength: 5 }),
    method: fc.constantFrom('federation', 'managed-identity', 'sas'),
  })
  .map(({ name, access, locations, method }) => connectionOf({ name, access, locations, auth: { method, fields: {} } }))

describe('any setup', () => {
  it('holds its proofs, and says the same in every form, or is refused with a reason', () => {
    let written = 0
    fc.assert(
      fc.property(connection, (subject) => {
        try {
          const setup = setupAzure(subject, PLATFORM, {})
          written += 1
          expect(setup.proofs.every((proof) => proof.expected === proof.actual)).toBe(true)
          const text = (id: string): string => setup.artifacts.find((artifact) => artifact.id === id)?.text ?? ''
          const template: JsonObject = JSON.parse(text('arm-template'))
          const conditions = setup.artifacts.flatMap((artifact) => (artifact.language === 'text' ? [artifact.text.trimEnd()] : []))
          expect(valuesOf(template, 'condition')).toEqual(conditions)
          expect(readTerraform(text('terraform'), '').flatMap(({ attributes }) => attributes.get('condition') ?? [])).toEqual(conditions)
          expect([...text('bicep').matchAll(/^ +condition: (.*)$/gm)].map(([, literal]) => bicepString(literal ?? ''))).toEqual(conditions)
        } catch (error) {
          if (!isAccessError(error)) throw error
          expect(['setup.location_malformed', 'setup.policy_too_large']).toContain(error.reason)
        }
      }),
      { numRuns: 300 },
    )
    expect(written).toBeGreaterThan(100)
  })
})

/** Every value under a name, wherever it is. */
function valuesOf(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === name && typeof inner === 'string' ? [inner] : valuesOf(inner, name)))
}

/** Reads a string literal of Bicep; throws where it ends early or opens an interpolation. */
function bicepString(literal: string): string {
  const body = /^'((?:[^'\\$]|\$(?!\{)|\\(?:['\\nrt]|\$\{))*)'$/.exec(literal)?.[1]
  if (body === undefined) throw new Error(`no literal: ${literal}`)
  return body.replaceAll(/\\(n|r|t|\\|'|\$\{)/g, (_, escape: string) => ({ n: '\n', r: '\r', t: '\t' })[escape] ?? escape)
}
