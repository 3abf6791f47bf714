import { ACCESSES, type Connection, type JsonObject, type Location, isAccessError } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objectOf, stringOf } from '../../../test/support/cloudformation-resolver.ts'
import { ACCOUNT, GCP_PLATFORM, PROVIDER, gcpConnectionOf } from '../../../test/support/gcp-setup-cases.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { setupGcp } from './index.ts'

const HOSTILE = ["'", '"', '`', '$', '{', '}', '%', '\\', '*', '?', '/', ' ', 'a', '2', '#', '<', ')', '|', '\u00e9', '\u4e2d', '\u{1f600}']
const word = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))

const location: fc.Arbitrary<Location> = fc
  .record({
    bucket: fc.constantFrom('acme-lake', 'acme-lake2', 'acme.dots'),
    path: word,
    extent: fc.constantFrom('bucket', 'folder', 'object'),
  })
  .map(({ bucket, path, extent }) => ({
    cloud: 'gcp',
    bucket,
    prefix: extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path,
    extent,
  }))

const auth = fc.constantFrom<Connection['auth']>(
  { method: 'federation', fields: {} },
  { method: 'federation', fields: { provider: PROVIDER, serviceAccount: ACCOUNT, audience: `https://x.example.com/"\${a}'` } },
  { method: 'grant', fields: {} },
  { method: 'grant', fields: { serviceAccount: ACCOUNT } },
  { method: 'service-account-key', fields: {} },
)

const connection = fc
  .record({
    name: fc.string({ unit: 'binary', maxLength: 40 }),
    access: fc.subarray([...ACCESSES], { minLength: 1 }),
    locations: fc.array(location, { minLength: 1, maxLength: 16 }),
    auth,
  })
  .map((changes) => gcpConnectionOf(changes))

describe('any setup', () => {
  it('holds its proofs, fits its limits, and says the same in every form, or is refused with a reason', () => {
    let written = 0
    fc.assert(
      fc.property(connection, (subject) => {
        try {
          const setup = setupGcp(subject, GCP_PLATFORM, { projectId: 'acme-data' })
          written += 1
          expect(setup.proofs.every((proof) => proof.expected === proof.actual)).toBe(true)
          const text = (id: string): string => setup.artifacts.find((artifact) => artifact.id === id)?.text ?? ''
          const permissions = objectOf(JSON.parse(text('custom-role')))['includedPermissions']
          const conditions = setup.artifacts.flatMap(({ id, document }): readonly JsonObject[] =>
            id.startsWith('condition') && document !== undefined ? [document] : [],
          )
          for (const { expression } of conditions)
            expect(stringOf(expression).split(' || ').length - 1).toBeLessThanOrEqual(12 + barsOf(subject))

          const terraform = readTerraform(text('terraform'), '')
          expect(blockOf(terraform, 'resource', 'google_project_iam_custom_role', 'sluice').attributes.get('permissions')).toEqual(
            permissions,
          )
          const told = terraform.flatMap(({ blocks }) => blocks.filter(({ words }) => words[0] === 'condition'))
          expect(told.map(({ attributes }) => Object.fromEntries(attributes))).toEqual(conditions)
          // The script writes the same documents to files, as they are.
          for (const { id } of setup.artifacts.filter(
            ({ document, id: name }) => document !== undefined && name !== 'credential-configuration',
          ))
            expect(text('gcloud')).toContain(text(id))
        } catch (error) {
          if (!isAccessError(error)) throw error
          expect(['setup.location_malformed', 'setup.policy_too_large']).toContain(error.reason)
        }
      }),
      { numRuns: 200 },
    )
    expect(written).toBeGreaterThan(100)
  })
})

/** How often a folder's own name looks like an operator. */
function barsOf({ locations }: Connection): number {
  return locations.reduce((sum, { prefix }) => sum + prefix.split(' || ').length - 1, 0)
}
