import { expect, it } from 'vitest'
import { bucketAddress, parseEndpoint } from './endpoint.ts'

it.each(['https://8.8.8.8', 'https://[2606:4700::1111]:9000', 'https://0x8.8.8.8', 'https://134744072'])(
  'refuses to put a bucket in front of the address %s',
  (endpoint) => {
    expect(() => parseEndpoint({ endpoint, addressing: 'virtual-host' })).toThrowError(expect.objectContaining({ reason: 's3.endpoint' }))
    const { origin, basePath } = bucketAddress(parseEndpoint({ endpoint }), 'lake', {})
    expect(new URL(origin).origin).toBe(new URL(endpoint).origin)
    expect(basePath).toBe('/lake')
  },
)

it('puts the bucket into the host or the path, behind the path of the endpoint', () => {
  const endpoint = parseEndpoint({ endpoint: 'store.example.com/base/' })
  expect(bucketAddress(endpoint, 'lake', {})).toEqual({ origin: 'https://store.example.com', basePath: '/base/lake' })
  expect(bucketAddress(endpoint, 'lake', { addressing: 'virtual-host' })).toEqual({
    origin: 'https://lake.store.example.com',
    basePath: '/base',
  })
})
