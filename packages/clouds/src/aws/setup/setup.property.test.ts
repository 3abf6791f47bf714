import { ACCESSES, isAccessError, type Location } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listOf, objectOf, resolveTemplate, stringOf } from '../../../test/support/cloudformation-resolver.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { connectionOf, platformOf } from '../../../test/support/setup-cases.ts'
import { jsonSize } from '../../setup/json-text.ts'
import { setupAws } from './index.ts'

const HOSTILE = ["'", '"', '`', '$', '{', '}', '%', '\\', '*', '?', '/', ' ', 'a', '2', '#', '<', '\u00e9', '\u4e2d', '\u{1f600}', '!']
const word = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
const bucket = fc.constantFrom('acme-raw', 'acme-raw2', 'acme.dots', 'b-b')

const location: fc.Arbitrary<Location> = fc
  .record({ bucket, path: word, extent: fc.constantFrom('bucket', 'folder', 'object') })
  .map(({ bucket, path, extent }) => ({
    cloud: 'aws',
    bucket,
    prefix: extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path,
    extent,
  }))

const kmsKey = fc
  .tuple(fc.constantFrom('987654321987', '111122223333'), fc.uuid())
  .map(([account, id]) => `arn:aws:kms:us-west-2:${account}:key/${id}`)
const kmsKeys = fc.uniqueArray(kmsKey, { maxLength: 3 })

const connection = fc
  .record({
    name: fc.string({ unit: 'binary', maxLength: 40 }),
    access: fc.subarray([...ACCESSES], { minLength: 1 }),
    locations: fc.array(location, { minLength: 1, maxLength: 6 }),
    read: kmsKeys,
    write: kmsKeys,
    acl: fc.boolean(),
    known: fc.boolean(),
    externalId: fc.boolean(),
  })
  .map(({ name, access, locations, read, write, acl, known, externalId }) =>
    connectionOf({
      name,
      access,
      locations,
      auth: {
        method: 'role',
        fields: known ? { roleArn: 'arn:aws:iam::987654321987:role/a/b/lake-test' } : {},
        externalId: externalId ? { kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } : { kind: 'none' },
      },
      settings: { region: 'us-west-2', kmsReadKeys: read, kmsWriteKeys: write, ...(acl ? { acl: 'private' } : {}) },
    }),
  )

const options = fc.record(
  {
    policyName: fc.stringMatching(/^[\w+=,.@-]{1,128}$/),
    tags: fc.dictionary(fc.stringMatching(/^[\w .:/=+@-]{1,20}$/), fc.stringMatching(/^[\w .:/=+@-]{0,20}$/), { maxKeys: 4 }),
    bucketAccountId: fc.constant('111122223333'),
  },
  { requiredKeys: [] },
)

describe('any setup', () => {
  it('holds its proofs, fits its limits, and says the same in every form', () => {
    fc.assert(
      fc.property(connection, options, fc.constantFrom('account', 'principal'), (subject, chosen, trust) => {
        const setup = setupAws(subject, platformOf({ trust }), chosen)
        expect(setup.proofs.every((proof) => proof.expected === proof.actual)).toBe(true)
        const text = (id: string): string => setup.artifacts.find((artifact) => artifact.id === id)?.text ?? ''
        const policy = objectOf(JSON.parse(text('permission-policy')))
        expect(jsonSize(policy)).toBeLessThanOrEqual(10_240)

        for (const statement of listOf(policy['Statement']).map(objectOf)) {
          const actions = listOf(statement['Action'])
          for (const action of actions) expect(action).toMatch(/^(?:s3|kms):[A-Za-z]+$/)
          if (!actions.some((action) => /Object|Multipart/.test(stringOf(action)))) continue
          const files = subject.locations.filter((one) => one.extent === 'object').length
          const named = listOf(statement['Resource']).filter((arn) => !stringOf(arn).endsWith('/*'))
          expect(named.length).toBeLessThanOrEqual(files)
        }

        const resources = resolveTemplate(JSON.parse(text('cloudformation')), 'aws')
        const templatePolicy = objectOf(objectOf(resources['Policy'])['Properties'])['PolicyDocument']
        expect(templatePolicy).toEqual(policy)
        const terraform = readTerraform(text('terraform'), 'aws')
        expect(blockOf(terraform, 'resource', 'aws_iam_policy', 'sluice').attributes.get('policy')).toEqual(policy)
      }),
      { numRuns: 150 },
    )
  })

  it('is refused with a reason, or safe to write, whatever the tags and names hold', () => {
    const evil = fc.string({ unit: 'binary', maxLength: 20 })
    fc.assert(
      fc.property(evil, evil, evil, (name, key, value) => {
        const subject = connectionOf({ auth: { method: 'role', fields: {}, externalId: { kind: 'chosen', value: 'my-external-id-123' } } })
        try {
          const setup = setupAws(subject, platformOf(), { roleName: name, tags: { [key]: value } })
          const terraform = setup.artifacts.find((artifact) => artifact.id === 'terraform')?.text ?? ''
          expect(
            readTerraform(terraform, 'aws')
              .find((block) => block.words[1] === 'tags')
              ?.attributes.get('default'),
          ).toMatchObject({ [key]: value })
        } catch (error) {
          if (!isAccessError(error)) throw error
          expect(error.reason).toBe('setup.option_malformed')
        }
      }),
      { numRuns: 300 },
    )
  })
})
