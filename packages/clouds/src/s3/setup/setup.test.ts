import type { Connection } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { connectionOf } from '../../../test/support/setup-cases.ts'
import { setupS3 } from './index.ts'

const PLATFORM = { regions: [], egressAddresses: [] }

function storeConnection(changes: Partial<Connection> = {}): Connection {
  return connectionOf({
    cloud: 's3',
    auth: { method: 'keys', fields: { accessKeyId: 'minio' }, secretId: 'secret_a' },
    settings: { endpoint: 'https://minio.example.com' },
    locations: [{ cloud: 's3', bucket: 'raw', prefix: 'data/', extent: 'folder' }],
    ...changes,
  })
}

const CASES: { readonly [folder: string]: Connection } = {
  's3-import': storeConnection(),
  's3-on-r2': storeConnection({
    settings: { preset: 'r2', endpoint: 'https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com' },
  }),
  's3-on-ceph': storeConnection({ settings: { preset: 'ceph', endpoint: 'https://rgw.example.com' } }),
  's3-on-minio': storeConnection({ settings: { preset: 'minio', endpoint: 'https://minio.example.com' } }),
  's3-on-wasabi': storeConnection({ settings: { preset: 'wasabi', region: 'eu-central-1' }, access: ['write'] }),
  's3-on-b2': storeConnection({ settings: { preset: 'b2', region: 'us-west-004' } }),
  's3-backup-of-two-buckets': storeConnection({
    access: ['list', 'read', 'write', 'delete'],
    locations: [
      { cloud: 's3', bucket: 'raw', prefix: '', extent: 'bucket' },
      { cloud: 's3', bucket: 'cooked', prefix: 'a/b.parquet', extent: 'object' },
    ],
  }),
}

describe.each(Object.entries(CASES))('the setup %s', (name, connection) => {
  const setup = setupS3(connection, PLATFORM, {})

  it('is written as its files have it', async () => {
    const { artifacts, ...rest } = setup
    for (const { filename, text } of artifacts) await expect(text).toMatchFileSnapshot(`../../../testdata/setup/${name}/${filename}`)
    await expect(`${JSON.stringify(rest, null, 2)}\n`).toMatchFileSnapshot(`../../../testdata/setup/${name}/setup.json`)
  })

  it('gives every artifact to a route or to the removal', () => {
    const steps = [...setup.routes.flatMap((route) => route.steps), ...setup.removal]
    const named = [...setup.routes.flatMap((route) => route.artifacts), ...steps.flatMap((step) => step.artifact ?? [])]
    expect(new Set(named)).toEqual(new Set(setup.artifacts.map((artifact) => artifact.id)))
  })
})

describe('the setup of an S3-compatible store', () => {
  it.each([
    ['options of AWS', {}, { roleName: 'x' }, 'setup.option_conflict'],
    ['a name that breaks out', {}, { userName: 'a b;c' }, 'setup.option_malformed'],
    [
      'a wildcard in a key',
      { locations: [{ cloud: 's3', bucket: 'raw', prefix: 'a*/', extent: 'folder' }] },
      {},
      'setup.location_malformed',
    ],
    ['a role', { auth: { method: 'role', fields: {}, externalId: { kind: 'none' } } }, {}, 'setup.no_platform_identity'],
    ['anonymous deleting', { auth: { method: 'none', fields: {} }, access: ['delete'] }, {}, 'setup.anonymous_writes'],
  ] as const)('refuses %s', (_name, changes, options, reason) => {
    expect(() => setupS3(storeConnection(changes), PLATFORM, options)).toThrow(expect.objectContaining({ reason }))
  })

  it('says of tokens for whole buckets that they reach further than a folder', () => {
    const console = setupS3(storeConnection(), PLATFORM, {}).routes.find((route) => route.id === 'console')
    expect(console?.steps.at(-1)?.body).toContain('reaches the whole bucket')
  })
})
