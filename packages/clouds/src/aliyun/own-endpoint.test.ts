import { describe, expect, it } from 'vitest'
import { ossEndpoint } from './own-endpoint.ts'

describe('an endpoint of OSS', () => {
  it.each([
    ['https://oss-cn-hangzhou.aliyuncs.com', { region: 'cn-hangzhou' }],
    ['oss-cn-hangzhou.aliyuncs.com', { region: 'cn-hangzhou' }],
    ['http://oss-us-west-1.aliyuncs.com/', { region: 'us-west-1' }],
    ['https://oss-cn-beijing-internal.aliyuncs.com', { region: 'cn-beijing' }],
    ['https://OSS-ap-southeast-1.aliyuncs.com', { region: 'ap-southeast-1' }],
  ])('is known with its region: %s', (endpoint, settings) => {
    expect(ossEndpoint(endpoint)).toEqual({ fields: {}, settings })
  })

  it.each([
    'https://oss-cn-hangzhou.aliyuncs.com.evil.example',
    'https://bucket.oss-cn-hangzhou.aliyuncs.com',
    'https://oss-cn-hangzhou.aliyuncs.com/bucket',
    'https://oss-accelerate.aliyuncs.com',
    'https://sts.cn-hangzhou.aliyuncs.com',
    'oss-cn-hangzhou',
    'https://s3.us-west-2.amazonaws.com',
    'https://minio.example.com',
  ])('is not %s', (endpoint) => {
    expect(ossEndpoint(endpoint)).toBeUndefined()
  })
})
