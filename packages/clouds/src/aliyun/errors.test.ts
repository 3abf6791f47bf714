import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aliyunError, deniedDetailOf, isKeyRefusal } from './errors.ts'

const OPERATION = { operation: 'GetObject', headers: {}, subject: 'object k of bucket b', secrets: ['c4n4ry'] }

const xml = (code: string, more = '') =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>why</Message><RequestId>R1</RequestId>${more}</Error>`
const json = (code: string, more: object = {}) => JSON.stringify({ Code: code, Message: 'why', RequestId: 'R1', ...more })

const ofOss = (status: number, text: string) => aliyunError({ ...OPERATION, status, text })
const ofSts = (status: number, text: string) => aliyunError({ ...OPERATION, operation: 'AssumeRole', status, text })

describe('a refusal by OSS', () => {
  it.each([
    [404, 'NoSuchBucket', 'bucket.missing'],
    [404, 'NoSuchKey', 'object.missing'],
    [404, 'NoSuchUpload', 'upload.missing'],
    [409, 'FileAlreadyExists', 'object.exists'],
    [412, 'PreconditionFailed', 'object.changed'],
    [416, 'InvalidRange', 'object.range'],
    [403, 'InvalidObjectState', 'aliyun.archived'],
    [403, 'InvalidAccessKeyId', 'aliyun.key.unknown'],
    [403, 'SignatureDoesNotMatch', 'aliyun.key.signature'],
    [403, 'SecurityTokenExpired', 'aliyun.credential.expired'],
    [403, 'RequestTimeTooSkewed', 'aliyun.clock'],
    [403, 'UserDisable', 'aliyun.account_suspended'],
    [403, 'AccessDenied', 'aliyun.denied'],
    [503, 'QpsLimitExceeded', 'aliyun.throttled'],
    [503, 'DownloadTrafficRateLimitExceeded', 'aliyun.throttled'],
    [500, 'InternalError', 'aliyun.unavailable'],
    [502, 'BadGateway', 'aliyun.unavailable'],
    [400, 'SomethingNew', 'aliyun.rejected'],
    [400, 'constructor', 'aliyun.rejected'],
  ])('with %i %s is %s', (status, code, reason) => {
    expect(ofOss(status, xml(code))).toMatchObject({
      reason,
      provider: { operation: 'GetObject', status, code, message: 'why', requestId: 'R1' },
    })
  })

  it('that names another endpoint is about the region', () => {
    const endpoint = '<Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>'
    expect(ofOss(403, xml('AccessDenied', endpoint))).toMatchObject({ reason: 'aliyun.region.unknown', provider: { region: 'cn-beijing' } })
    // What comes from outside becomes part of a host name only when it is the name of a region.
    expect(ofOss(403, xml('AccessDenied', '<Endpoint>evil.example</Endpoint>')).provider).not.toHaveProperty('region')
  })

  it('says which action was denied, by what kind of policy', () => {
    const detail = `<AccessDeniedDetail><AuthAction>oss:GetObject</AuthAction><PolicyType>SessionPolicy</PolicyType><NoPermissionType>ImplicitDeny</NoPermissionType></AccessDeniedDetail>`
    const error = ofOss(403, xml('AccessDenied', detail))
    expect(deniedDetailOf(error)).toEqual({ action: 'oss:GetObject', policyType: 'SessionPolicy', denial: 'ImplicitDeny' })
    expect(error.message).toContain('oss:GetObject: ImplicitDeny, SessionPolicy')
    expect(deniedDetailOf(ofOss(403, xml('AccessDenied')))).toBeUndefined()
  })

  it('by KMS is told by its words or by the action', () => {
    const words = xml('AccessDenied').replace('why', 'This request is forbidden by kms.')
    expect(ofOss(403, words).reason).toBe('aliyun.kms.denied')
    expect(isKeyRefusal(undefined, { action: 'kms:Decrypt', policyType: '', denial: '' })).toBe(true)
    expect(isKeyRefusal(undefined, { action: 'oss:GetObject', policyType: '', denial: '' })).toBe(false)
  })
})

describe('a refusal by STS', () => {
  it.each([
    [403, 'NoPermission', 'aliyun.sts.denied'],
    [404, 'EntityNotExist.Role', 'aliyun.role.missing'],
    [404, 'InvalidAccessKeyId.NotFound', 'aliyun.key.unknown'],
    [400, 'InvalidSecurityToken.Expired', 'aliyun.credential.expired'],
    [400, 'InvalidTimeStamp.Expired', 'aliyun.clock'],
    [400, 'InvalidParameter.PolicySize', 'aliyun.lease.policy_too_large'],
    [400, 'Throttling.User', 'aliyun.throttled'],
    [401, 'AuthenticationFail.NoPermission', 'aliyun.oidc.denied'],
    [401, 'AuthenticationFail.OIDCToken.AudienceNotMatch', 'aliyun.oidc.audience'],
    [401, 'AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch', 'aliyun.oidc.fingerprint'],
    [503, 'ServiceUnavailable', 'aliyun.unavailable'],
  ])('with %i %s is %s', (status, code, reason) => {
    expect(ofSts(status, json(code))).toMatchObject({ reason, provider: { code, message: 'why', requestId: 'R1' } })
  })

  it('says whose policy refused', () => {
    const AccessDeniedDetail = { AuthAction: 'sts:AssumeRole', PolicyType: 'AssumeRolePolicy', NoPermissionType: 'ImplicitDeny' }
    expect(deniedDetailOf(ofSts(403, json('NoPermission', { AccessDeniedDetail })))).toMatchObject({ policyType: 'AssumeRolePolicy' })
  })
})

it('repeats no secret, whatever is answered', () => {
  const answer = fc.oneof(
    fc.string().map((text) => `${text}c4n4ry`),
    fc.string().map((text) => xml(text).replace('why', `${text} c4n4ry`)),
    fc.string().map((text) => json(text, { Message: `${text} c4n4ry` })),
  )
  fc.assert(
    fc.property(answer, fc.integer({ min: 300, max: 599 }), (text, status) => {
      const error = ofOss(status, text)
      expect(error.name).toBe('AccessError')
      expect(JSON.stringify(error) + String(error)).not.toContain('c4n4ry')
    }),
  )
})
