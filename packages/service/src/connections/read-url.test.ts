// oxlint-disable typescript/no-unsafe-type-assertion -- the parts of a cloud that reading a URL uses
import { accessError, isAccessError, type Cloud } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { readUrl } from './read-url.ts'

function cloud(id: string, scheme: string, takesEndpoint = false): Cloud {
  return {
    id,
    schemes: [scheme],
    takesEndpoint,
    splitCredential: (url: string) => {
      const [plain = '', query] = url.split('?key=')
      return query === undefined ? { url } : { url: plain, credential: { method: 'keys', fields: { key: query } } }
    },
    parse: (url: string) => {
      if (!url.startsWith(`${scheme}b`))
        throw accessError('location.invalid', { message: `${id} does not read this.`, remedy: `As ${id}.` })
      return { cloud: id, bucket: 'b', prefix: '', extent: 'bucket' }
    },
  } as unknown as Cloud
}

const CLOUDS = [cloud('aws', 's3://'), cloud('gcp', 'gs://'), cloud('s3', 's3://', true)]

function refusalOf(url: string) {
  try {
    readUrl(CLOUDS, url)
    return undefined
  } catch (error) {
    return isAccessError(error) ? error : undefined
  }
}

describe('reading a URL', () => {
  it('names every cloud that shares the form', () => {
    expect(readUrl(CLOUDS, 's3://b/').map((reading) => reading.cloud)).toEqual(['aws', 's3'])
    expect(readUrl(CLOUDS, 'gs://b/')).toEqual([{ cloud: 'gcp', location: { cloud: 'gcp', bucket: 'b', prefix: '', extent: 'bucket' } }])
  })

  it('says to which method a credential in it belongs, and nothing of it', () => {
    const readings = readUrl(CLOUDS, 'gs://b/?key=hunter2')
    expect(readings).toMatchObject([{ cloud: 'gcp', method: 'keys' }])
    expect(JSON.stringify(readings)).not.toContain('hunter2')
  })

  it('gives the refusal of the cloud that is meant', () => {
    expect(refusalOf('gs://')?.message).toBe('gcp does not read this.')
    expect(refusalOf('https://store.example.com/b/')?.message).toBe('s3 does not read this.')
    expect(refusalOf('b/folder')).toMatchObject({ reason: 'location.invalid', remedy: expect.stringContaining('s3://, gs://') })
    expect(refusalOf(`s3://b/${'x'.repeat(9_000)}`)).toMatchObject({ reason: 'connection.bad_location' })
  })
})
