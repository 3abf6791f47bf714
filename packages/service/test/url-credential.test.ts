import { inspect } from 'node:util'
import { accessError, isAccessError, type AccessError } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { beforeEach, describe, expect, it } from 'vitest'
import { KEYS } from './support/lease-cloud.ts'
import { createOffice, type Office } from './support/office.ts'

const { accessKeyId, secretAccessKey } = KEYS
const URL = `s3://${accessKeyId}:${secretAccessKey}@test-bucket-123/data/`

let office: Office
beforeEach(async () => {
  office = await createOffice()
})

function input(changes: Partial<ConnectionInput>): ConnectionInput {
  return { name: 'pasted', cloud: 'aws', auth: {}, locations: [URL], ...changes }
}

async function refusal(changes: Partial<ConnectionInput>): Promise<AccessError> {
  try {
    await office.connections.create(office.alpha, input(changes))
  } catch (error) {
    if (isAccessError(error)) return error
  }
  throw accessError('internal.defect', { message: 'expected a refusal' })
}

describe('a credential in the URL of a location', () => {
  it('is refused unless told otherwise, with what to write instead', async () => {
    for (const changes of [{}, { credentialInUrl: 'refuse' }, { method: 'keys', auth: KEYS }] as const) {
      const error = await refusal(changes)
      expect(error).toMatchObject({ reason: 'location.credential', message: expect.stringContaining('of the method keys') })
      expect(error.remedy).toContain('Write s3://test-bucket-123/data/, and give the credential as accessKeyId and secretAccessKey')
    }
    expect(await office.connections.list(office.alpha, {})).toEqual([])
  })

  it('is taken out and stored when asked, once or several times', async () => {
    const { connection } = await office.connections.create(
      office.alpha,
      input({ credentialInUrl: 'store', locations: [URL, URL.replace('data/', 'more/')] }),
    )
    expect(connection).toMatchObject({ auth: { method: 'keys', fields: { accessKeyId } } })
    expect(connection.locations.map(({ prefix }) => prefix)).toEqual(['data/', 'more/'])
    expect(await office.store.secrets.get(connection.auth.secretId ?? '', connection.id)).toEqual({ secretAccessKey })
  })

  it('may be said again, but not otherwise', async () => {
    const agreeing = { credentialInUrl: 'store', method: 'keys', auth: { accessKeyId, secretAccessKey: ` ${secretAccessKey}\n` } } as const
    expect((await office.connections.create(office.alpha, input(agreeing))).connection.auth.method).toBe('keys')
    const store = { name: 'other', credentialInUrl: 'store' } as const
    expect((await refusal({ ...store, method: 'role' })).message).toContain('the method role was named')
    expect((await refusal({ ...store, auth: { secretAccessKey: 'x'.repeat(40) } })).message).toContain('another secretAccessKey')
    expect((await refusal({ ...store, locations: [URL, URL.replace(accessKeyId, 'AKIAOTHER')] })).message).toContain(
      'different credentials',
    )
  })

  it('is repeated nowhere', async () => {
    const errors = [
      await refusal({}),
      await refusal({ credentialInUrl: 'store', method: 'role' }),
      await refusal({ locations: [`${URL}?`, `s3://${accessKeyId}:${secretAccessKey}@`] }),
    ]
    await office.connections.create(office.alpha, input({ credentialInUrl: 'store' }))
    const seen = [errors, await office.events(office.alpha), await office.connections.list(office.alpha, {})]
    expect(inspect(seen, { depth: 20 })).not.toContain(secretAccessKey)
  })

  it('is needed where no method is named', async () => {
    expect(await refusal({ locations: ['s3://test-bucket-123/data/'] })).toMatchObject({
      reason: 'auth.unknown_method',
      remedy: expect.stringContaining('role, keys, none'),
    })
  })
})
