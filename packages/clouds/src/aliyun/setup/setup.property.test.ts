import { ACCESSES, type Location, isAccessError } from '@sluice/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CUSTOMER, OIDC_AUTH, OTHER, ROLE_ARN, aliyunPlatformOf, ossConnectionOf } from '../../../test/support/aliyun-setup-cases.ts'
import { blockOf, readTerraform } from '../../../test/support/hcl-reader.ts'
import { listOf, objectOf, resolveRos, stringOf } from '../../../test/support/cloudformation-resolver.ts'
import { jsonSize } from '../../setup/json-text.ts'
import { setupAliyun } from './index.ts'

/** What breaks out of a string somewhere; RAM has no way to mean its wildcards literally, so that `*` and `?` are not among them. */
const HOSTILE = ["'", '"', '`', '$', '}', '%', '\\', '/', ' ', 'a', '2', '#', '<', '\u00e9', '\u4e2d', '\u{1f600}', '!', ',']
const word = fc.array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
const bucket = fc.constantFrom('acme-raw', 'acme-raw2', 'b-b')

const location: fc.Arbitrary<Location> = fc
  .record({ bucket, path: word, extent: fc.constantFrom('bucket', 'folder', 'object') })
  .map(({ bucket, path, extent }) => ({
    cloud: 'aliyun',
    bucket,
    prefix: extent === 'bucket' ? '' : extent === 'folder' ? `${path}/` : path,
    extent,
  }))

const kmsKeys = fc.uniqueArray(
  fc.tuple(fc.constantFrom(CUSTOMER, OTHER, '*'), fc.uuid()).map(([account, id]) => `acs:kms:cn-beijing:${account}:key/${id}`),
  { maxLength: 3 },
)

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
    method: fc.constantFrom('role', 'oidc', 'keys'),
  })
  .map(({ name, access, locations, read, write, acl, known, externalId, method }) =>
    ossConnectionOf({
      name,
      access,
      locations,
      auth: {
        oidc: known ? OIDC_AUTH : { method: 'oidc', fields: {} },
        keys: { method: 'keys', fields: { accessKeyId: '' }, secretId: '' },
        role: {
          method: 'role',
          fields: known ? { roleArn: ROLE_ARN } : {},
          externalId: externalId
            ? ({ kind: 'issued', value: 'sluice-0123456789abcdef0123456789abcdef' } as const)
            : ({ kind: 'none' } as const),
        },
      }[method],
      settings: { region: 'cn-beijing', kmsReadKeys: read, kmsWriteKeys: write, ...(acl ? { acl: 'private' } : {}) },
    }),
  )

const options = fc.record(
  { policyName: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/), bucketAccountId: fc.constant(OTHER) },
  { requiredKeys: [] },
)

describe('any setup', () => {
  it('holds its proofs, fits its limits, and says the same in every form', () => {
    fc.assert(
      fc.property(connection, options, (subject, { bucketAccountId, ...chosen }) => {
        const usesKeys = subject.auth.method === 'keys'
        const foreign = usesKeys || bucketAccountId === undefined ? {} : { bucketAccountId }
        const setup = setupAliyun(subject, aliyunPlatformOf(), { ...chosen, ...foreign })
        expect(setup.proofs.every((proof) => proof.expected === proof.actual)).toBe(true)
        const text = (id: string): string => setup.artifacts.find((artifact) => artifact.id === id)?.text ?? ''
        const policy = objectOf(JSON.parse(text('permission-policy')))
        expect(jsonSize(policy)).toBeLessThanOrEqual(6_144)

        for (const statement of listOf(policy['Statement']).map(objectOf)) {
          const actions = listOf(statement['Action'])
          for (const action of actions) expect(action).toMatch(/^(?:oss|kms):[A-Za-z]+$/)
          if (!actions.some((action) => /Object$|Multipart|Parts/.test(stringOf(action)))) continue
          const files = subject.locations.filter((one) => one.extent === 'object').length
          const named = listOf(statement['Resource']).filter((resource) => !stringOf(resource).endsWith('/*'))
          expect(named.length).toBeLessThanOrEqual(files)
        }

        const given = { IssuerFingerprints: '', CreateOidcProvider: 'false' }
        const resources = resolveRos(JSON.parse(text('ros')), CUSTOMER, subject.auth.method === 'oidc' ? given : {})
        expect(objectOf(objectOf(resources['Policy'])['Properties'])['PolicyDocument']).toEqual(policy)
        const terraform = readTerraform(text('terraform'), '', { 'data.alicloud_account.current.id': CUSTOMER })
        expect(blockOf(terraform, 'resource', 'alicloud_ram_policy', 'sluice').attributes.get('policy_document')).toEqual(policy)
      }),
      { numRuns: 150 },
    )
  })

  it('is refused with a reason, or safe to write, whatever names and places hold', () => {
    const evil = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(evil, evil, fc.boolean(), (name, path, isNamed) => {
        const auth = { method: 'role', fields: {}, externalId: { kind: 'chosen', value: 'my-external-id-123' } } as const
        const locations: readonly Location[] = [{ cloud: 'aliyun', bucket: 'b-b', prefix: `${path}/`, extent: 'folder' }]
        try {
          const setup = setupAliyun(ossConnectionOf({ auth, locations }), aliyunPlatformOf(), isNamed ? { roleName: name } : {})
          const terraform = setup.artifacts.find((artifact) => artifact.id === 'terraform')?.text ?? ''
          const role = readTerraform(terraform, '').find((block) => block.words.join(' ') === 'variable role_name')
          if (isNamed) expect(role?.attributes.get('default')).toBe(name)
        } catch (error) {
          if (!isAccessError(error)) throw error
          expect(error.reason).toMatch(/^setup\.(option|location)_malformed$/)
        }
      }),
      { numRuns: 300 },
    )
  })
})
