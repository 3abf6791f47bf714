import type { Answer } from '../../http/answer.ts'
import { queryValue } from '../../http/request.ts'
import { policyName } from '../auth/authorize.ts'
import { readJson, textField } from '../body.ts'
import { GoogleError } from '../error.ts'
import { touchBucket } from '../state/buckets.ts'
import { presentPolicy, readPolicy } from '../state/policies.ts'
import { resourceAnswer } from './answers.ts'
import { bucketEtag } from './bucket-resource.ts'
import { guardsOf, violates } from './guards.ts'
import { demandStorage, mayStorage, type BucketCall } from './context.ts'
import { conditionNotMet } from './preconditions.ts'

export async function getBucketPolicy(call: BucketCall): Promise<Answer> {
  demandStorage(call, 'storage.buckets.getIamPolicy')
  return policyAnswer(call, Number(queryValue(call.request, 'optionsRequestedPolicyVersion') ?? 1))
}

function policyAnswer({ state, bucket, request }: BucketCall, version: number): Answer {
  const policy = state.policies.latest(policyName.bucket(bucket.name))
  const shown = presentPolicy(policy, version, bucketEtag(bucket))
  return resourceAnswer(request, { kind: 'storage#policy', resourceId: policyName.bucket(bucket.name), ...shown })
}

export async function setBucketPolicy(call: BucketCall): Promise<Answer> {
  const { state, bucket } = call
  demandStorage(call, 'storage.buckets.setIamPolicy')
  const body = await readJson(call, 'parseError')
  const etag = textField(body, 'etag')
  if (etag !== undefined && etag !== bucketEtag(bucket)) throw conditionNotMet('If-Match')
  const policy = readPolicy(state, body, 'invalid')
  checkSupported(call, policy)
  state.policies.set(policyName.bucket(bucket.name), policy, state.iamDelayMs)
  touchBucket(state, bucket)
  return policyAnswer(call, 3)
}

function checkSupported({ state, bucket }: BucketCall, policy: ReturnType<typeof readPolicy>): void {
  const isOpen = policy.bindings.some(({ members }) => members.some((member) => member.startsWith('all')))
  if (guardsOf(state, bucket).constraints['storage.publicAccessPrevention'] && isOpen) throw violates('storage.publicAccessPrevention')
  if (bucket.publicAccessPrevention === 'enforced' && isOpen)
    throw new GoogleError(
      412,
      'conditionNotMet',
      'The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.',
    )
  const conditional = policy.bindings.filter((binding) => binding.condition)
  if (conditional.length > 0 && !bucket.uniformAccess)
    throw new GoogleError(412, 'conditionNotMet', 'Conditions are not allowed on a bucket without uniform bucket-level access.')
  // https://cloud.google.com/storage/docs/access-control/iam#conditions
  if (conditional.some((binding) => binding.role.includes('.legacy')))
    throw new GoogleError(400, 'invalid', 'Legacy roles do not support conditions.')
}

/** Needs no permission of its own, and answers for the bucket: conditions on names of objects are tested on the bucket's. */
export async function testBucketPermissions(call: BucketCall): Promise<Answer> {
  const asked = call.request.query.filter(([name]) => name === 'permissions').map(([, value]) => value)
  if (asked.length === 0)
    throw new GoogleError(400, 'required', 'Required parameter: permissions', { location: ['parameter', 'permissions'] })
  const wrong = asked.find(
    (permission) => !/^storage\.(buckets|objects|managedFolders|folders|multipartUploads)\.[a-zA-Z]+$/.test(permission),
  )
  if (wrong !== undefined) throw new GoogleError(400, 'invalid', `Invalid permission: ${wrong}`)
  const permissions = asked.filter((permission) => mayStorage(call, permission))
  return resourceAnswer(call.request, {
    kind: 'storage#testIamPermissionsResponse',
    ...(permissions.length === 0 ? {} : { permissions }),
  })
}
