import { describe, expect, it } from 'vitest'
import { awsEndpoint } from './own-endpoint.ts'

describe('an endpoint of AWS', () => {
  it.each([
    ['https://s3.amazonaws.com', {}],
    ['https://s3.us-west-2.amazonaws.com/', { region: 'us-west-2' }],
    ['https://s3-eu-west-1.amazonaws.com', { region: 'eu-west-1' }],
    ['https://s3.dualstack.eu-central-1.amazonaws.com', { region: 'eu-central-1' }],
    ['https://s3.cn-north-1.amazonaws.com.cn', { region: 'cn-north-1' }],
  ])('is known with its region: %s', (endpoint, settings) => {
    expect(awsEndpoint(endpoint)).toEqual({ fields: {}, settings })
  })

  it.each([
    'http://s3.amazonaws.com',
    'https://s3.amazonaws.com.evil.example',
    'https://bucket.s3.amazonaws.com',
    'https://s3.amazonaws.com/bucket',
    'https://minio.example.com',
  ])('is not %s', (endpoint) => {
    expect(awsEndpoint(endpoint)).toBeUndefined()
  })
})
