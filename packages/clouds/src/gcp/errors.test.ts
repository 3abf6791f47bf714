import type { ProviderError } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { isAbsence, permissionIn, serviceError, storageError } from './errors.ts'

const answer = (status: number, body: unknown, operation = 'objects.insert') => ({
  operation,
  status,
  headers: {},
  text: typeof body === 'string' ? body : JSON.stringify(body),
  subject: 'gs://acme-lake/data/a',
  secrets: [],
})

/** As the JSON API words a refusal. */
const json = (code: number, reason: string, message: string) => ({
  error: { code, message, errors: [{ message, domain: 'global', reason }] },
})

/** As all other services word one. */
const rpc = (code: number, status: string, message: string, reason?: string) => ({
  error: {
    code,
    message,
    status,
    ...(reason === undefined
      ? {}
      : { details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }] }),
  },
})

const lacks = (permission: string): string =>
  `loader@acme-data.iam.gserviceaccount.com does not have ${permission} access to the Google Cloud Storage object. Permission '${permission}' denied on resource (or it may not exist).`

describe('a refusal of Cloud Storage', () => {
  it.each([
    ['a missing permission', 403, json(403, 'forbidden', lacks('storage.objects.create')), 'gcp.denied'],
    ['a permission to delete that replacing needs', 403, json(403, 'forbidden', lacks('storage.objects.delete')), 'gcp.denied'],
    [
      'retention',
      403,
      json(
        403,
        'retentionPolicyNotMet',
        "Object 'acme-lake/data/a' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until 2026-12-01T00:00:00-08:00",
      ),
      'gcp.retention',
    ],
    [
      'a hold',
      403,
      json(
        403,
        'forbidden',
        "Object 'acme-lake/data/a' is under active Temporary hold and cannot be deleted, overwritten or archived until hold is removed.",
      ),
      'gcp.retention',
    ],
    ['Requester Pays', 400, json(400, 'required', 'Bucket is a requester pays bucket but no user project provided.'), 'gcp.requester_pays'],
    ['a project that is not ours to bill', 403, json(403, 'forbidden', lacks('serviceusage.services.use')), 'gcp.user_project'],
    [
      'a perimeter',
      403,
      json(403, 'forbidden', "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: abc"),
      'gcp.perimeter',
    ],
    [
      'a policy of the organization',
      412,
      json(412, 'conditionNotMet', 'Request violates constraint constraints/storage.uniformBucketLevelAccess'),
      'gcp.org_policy',
    ],
    [
      'a key that the service agent may not use',
      403,
      json(
        403,
        'forbidden',
        'Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.',
      ),
      'gcp.kms.denied',
    ],
    ['a key that is disabled', 400, json(400, 'invalid', 'Cloud KMS key version is disabled.'), 'gcp.kms.unusable'],
    ['a bucket that is not there', 404, json(404, 'notFound', 'The specified bucket does not exist.'), 'bucket.missing'],
    ['an object that is not there', 404, json(404, 'notFound', 'No such object: acme-lake/data/a'), 'object.missing'],
    [
      'an object that is there already',
      412,
      json(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.'),
      'object.changed',
    ],
    [
      'billing that is off',
      403,
      json(403, 'accountDisabled', 'The billing account for the owning project is disabled in state absent'),
      'gcp.billing',
    ],
    [
      'too many requests',
      429,
      json(429, 'rateLimitExceeded', 'The object acme-lake/data/a exceeded the rate limit for object mutation operations.'),
      'gcp.throttled',
    ],
    ['a server that broke', 503, json(503, 'backendError', 'Backend Error'), 'gcp.unavailable'],
    ['a token that ended', 401, json(401, 'authError', 'Invalid Credentials'), 'gcp.unauthenticated'],
    ['words in plain text', 404, 'No such object: acme-lake/data/a', 'object.missing'],
    ['no words', 502, '<html>Bad Gateway</html>', 'gcp.unavailable'],
    ['a code that means something in JavaScript', 400, json(400, 'constructor', 'x'), 'gcp.rejected'],
    ['a status nobody knows', 418, json(418, 'teapot', 'x'), 'gcp.rejected'],
  ] as const)('for %s is told apart', (_what, status, body, reason) => {
    expect(storageError(answer(status, body)).reason).toBe(reason)
  })

  it('of a read that may not list is one about an object that is not there', () => {
    const body = json(403, 'forbidden', lacks('storage.objects.list'))
    const hidden = storageError(answer(403, body, 'objects.get'))
    expect(hidden.reason).toBe('object.missing')
    expect(isAbsence(hidden)).toBe(true)
    expect(storageError(answer(403, body, 'objects.list')).reason).toBe('gcp.denied')
  })

  it('of somebody on the way says nothing about the object', () => {
    expect(isAbsence(storageError(answer(404, '<html>Not Found</html>')))).toBe(false)
    expect(isAbsence(storageError(answer(404, 'No such object: acme-lake/data/a')))).toBe(true)
  })

  it('keeps the vendor’s code and message, and none of what is secret', () => {
    const refused = storageError({ ...answer(403, json(403, 'forbidden', 'token ya29.secret may not')), secrets: ['ya29.secret'] })
    expect(refused.provider).toMatchObject({ status: 403, code: 'forbidden', operation: 'objects.insert' })
    expect(JSON.stringify([refused.message, refused.provider])).not.toContain('ya29.secret')
  })
})

describe('a refusal of another service', () => {
  const reasonOf = (body: unknown, status: number, own: (provider: ProviderError) => undefined = () => undefined) =>
    serviceError(answer(status, body, 'iamcredentials.generateAccessToken'), own).reason

  it.each([
    [
      'an API that is off',
      403,
      rpc(403, 'PERMISSION_DENIED', 'IAM Service Account Credentials API has not been used', 'SERVICE_DISABLED'),
      'gcp.service_disabled',
    ],
    [
      'a perimeter',
      403,
      rpc(403, 'PERMISSION_DENIED', "Request is prohibited by organization's policy", 'SECURITY_POLICY_VIOLATED'),
      'gcp.perimeter',
    ],
    [
      'a project to bill',
      403,
      rpc(403, 'PERMISSION_DENIED', 'Caller does not have required permission to use project', 'USER_PROJECT_DENIED'),
      'gcp.user_project',
    ],
    [
      'a permission',
      403,
      rpc(403, 'PERMISSION_DENIED', "Permission 'iam.serviceAccounts.getAccessToken' denied", 'IAM_PERMISSION_DENIED'),
      'gcp.denied',
    ],
    ['a quota', 429, rpc(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', 'RATE_LIMIT_EXCEEDED'), 'gcp.throttled'],
    ['a server that broke', 500, { error: 'internal_failure' }, 'gcp.unavailable'],
  ] as const)('for %s is told apart', (_what, status, body, reason) => {
    expect(reasonOf(body, status)).toBe(reason)
  })

  it('is read in the words of OAuth', () => {
    const refused = serviceError(answer(400, { error: 'invalid_grant', error_description: 'Bad.' }, 'sts.token'), ({ code }) =>
      code === 'invalid_grant' ? 'gcp.federation.refused' : undefined,
    )
    expect(refused).toMatchObject({ reason: 'gcp.federation.refused', provider: { code: 'invalid_grant', message: 'Bad.' } })
  })
})

it('reads the permission that is missing', () => {
  expect(permissionIn(lacks('storage.objects.get'))).toBe('storage.objects.get')
  expect(permissionIn("Permission 'iam.serviceAccounts.signBlob' denied on resource")).toBe('iam.serviceAccounts.signBlob')
  expect(permissionIn('Access denied.')).toBeUndefined()
  expect(permissionIn(undefined)).toBeUndefined()
})
