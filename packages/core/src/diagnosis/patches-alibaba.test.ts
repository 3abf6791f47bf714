import { describe, expect, it } from 'vitest'
import { objectOf } from '../../test/diagnosis/object-of.ts'
import { objectsOf, patchedCases, textOf, titleOf, type PatchedCase } from '../../test/diagnosis/patched-cases.ts'
import type { JsonObject } from '../json.ts'
import type { NamedPolicy, PolicyDocument } from '../policy/types.ts'
import { evaluateRam } from '../ram/evaluate.ts'
import { expandOssCall, type OssCall, type OssOperation } from '../ram/oss-call.ts'
import type { RamPrincipal } from '../ram/types.ts'

const patched = patchedCases('aliyun')
const ofData = patched.filter(({ finding }) => !/^oss\.(trust|extid|oidc)/.test(finding.cause))
const ofTrust = patched.filter(({ finding }) => /^oss\.(trust|extid)/.test(finding.cause))

const OWNER = '1234567890123456'
const OTHERS: readonly RamPrincipal[] = [
  { kind: 'role-session', accountId: OWNER, roleName: 'analyst', sessionName: 'x' },
  { kind: 'user', accountId: OWNER, userName: 'ops', userId: '201' },
  { kind: 'role-session', accountId: '5555666677778888', roleName: 'stranger', sessionName: 'x' },
]
const KEYS = ['data/part-0001.csv', 'data/2026/deep.csv', 'data', 'data-neighbour/a.csv', 'other/a.csv', 'a.csv']
const OBJECT: readonly OssOperation[] = ['GetObject', 'PutObject', 'DeleteObject', 'GetObjectAcl', 'PutObjectAcl', 'AbortMultipartUpload']
const BUCKET: readonly OssOperation[] = ['GetBucketInfo', 'GetBucketAcl', 'PutBucketAcl', 'DeleteBucket', 'ListMultipartUploads']
const ACCESS: { readonly [operation in OssOperation]?: string } = {
  ListObjectsV2: 'list',
  GetObject: 'read',
  PutObject: 'write',
  AbortMultipartUpload: 'write',
  DeleteObject: 'delete',
}

const ANY: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

function callerOf({ scenario }: PatchedCase): RamPrincipal {
  const { roleArn, principal } = objectOf(scenario.case['connection'])
  const name = textOf(roleArn ?? principal)
  const [, accountId = OWNER, kind = 'role', rest = 'sluice-acme'] = /^acs:ram::(\d+):(role|user)\/(.+)$/.exec(name) ?? []
  return kind === 'role'
    ? { kind: 'role-session', accountId, roleName: rest, sessionName: 'diag' }
    : { kind: 'user', accountId, userName: rest, userId: '100' }
}

function named(name: string, document: JsonObject): NamedPolicy {
  return { name, document: document['Version'] === undefined ? { Version: '1', ...document } : document }
}

/** Whether a call is allowed by the documents; what nobody showed allows it. `own`: by the connection's own identity. */
function isAllowed(principal: RamPrincipal, call: OssCall, documents: JsonObject, own: boolean): boolean {
  const identity =
    own && Array.isArray(documents['ramPolicies'])
      ? objectsOf(documents['ramPolicies']).map((one, index) => named(`policy ${index}`, one))
      : [named('unknown', ANY)]
  const { sessionPolicy, bucketPolicy } = documents
  return expandOssCall(call).every(
    ({ action, resource, context, service }) =>
      evaluateRam({
        principal,
        action,
        resource,
        resourceAccount: OWNER,
        context: { 'acs:SecureTransport': 'true', 'acs:SourceIp': '192.0.2.9', ...context },
        policies: {
          identity,
          ...(own && sessionPolicy !== undefined ? { session: named('session', objectOf(sessionPolicy)) } : {}),
          ...(bucketPolicy === undefined || service !== 'oss' ? {} : { resource: named('bucket', objectOf(bucketPolicy)) }),
        },
        rule: service === 'oss' ? 'bucket' : 'none',
      }).allowed,
  )
}

const AT = { owner: OWNER, region: 'cn-hangzhou' }

function everyCall(): readonly OssCall[] {
  return ['acme-lake', 'acme-lake-2'].flatMap((bucket): readonly OssCall[] => [
    ...OBJECT.flatMap((operation) => KEYS.map((key): OssCall => ({ operation, bucket, key, ...AT }))),
    ...BUCKET.map((operation): OssCall => ({ operation, bucket, ...AT })),
    ...['data/', 'data/2026/', 'data', 'other/', ''].map((prefix): OssCall => ({ operation: 'ListObjectsV2', bucket, prefix, ...AT })),
  ])
}

/** Whether a call is of what the connection is for, or of what was refused by name. */
function isAsked({ operation, bucket, key, prefix }: OssCall, { scenario, finding }: PatchedCase): boolean {
  const access = objectOf(scenario.case['connection'])['access']
  const asked = [...(Array.isArray(access) ? access.map(textOf) : []), ...finding.affects]
  if (operation === 'GetBucketInfo') return JSON.stringify(scenario.case['observations']).includes('GetBucketInfo')
  return bucket === 'acme-lake' && (key ?? prefix ?? '').startsWith('data/') && asked.includes(ACCESS[operation] ?? '')
}

describe('a patch of Alibaba Cloud’s policies', () => {
  it('there are many to look at', () => expect(ofData.length).toBeGreaterThan(7))

  it.each(ofData.map((one) => [titleOf(one), one] as const))('%s lets the caller do what was refused', (_, one) => {
    const principal = callerOf(one)
    const kmsKey = /acs:kms:[\w-]+:\d+:key\/[\w-]+/.exec(JSON.stringify(one.finding.remedy.patch))?.[0]
    const wants = one.finding.affects.flatMap((affected): readonly OssCall[] => {
      const at = { bucket: 'acme-lake', ...AT }
      if (affected === 'list') return [{ ...at, operation: 'ListObjectsV2', prefix: 'data/' }]
      const operation = affected === 'read' ? 'GetObject' : affected === 'delete' ? 'DeleteObject' : 'PutObject'
      return [{ ...at, operation, key: 'data/part-0001.csv', ...(kmsKey === undefined ? {} : { kmsKey }) }]
    })
    for (const call of wants) {
      expect(isAllowed(principal, call, one.before, true), JSON.stringify(call)).toBe(false)
      expect(isAllowed(principal, call, one.after, true), JSON.stringify([call, one.finding.remedy.patch])).toBe(true)
    }
  })

  it.each(ofData.map((one) => [titleOf(one), one] as const))('%s allows nothing beyond what was asked', (_, one) => {
    const own = callerOf(one)
    const opened = [own, ...OTHERS].flatMap((principal) =>
      everyCall()
        .filter(
          (call) => isAllowed(principal, call, one.after, principal === own) && !isAllowed(principal, call, one.before, principal === own),
        )
        .filter((call) => principal !== own || !isAsked(call, one))
        .map((call) => ({ principal, call })),
    )
    expect(opened).toEqual([])
  })

  it.each(ofTrust.map((one) => [titleOf(one), one] as const))(
    '%s lets us in with our id, and nobody else, and us not without it',
    (_, one) => {
      const { externalId, principal, roleArn } = objectOf(one.scenario.case['connection'])
      const [, accountId = '', user = 'sluice'] = /^acs:ram::(\d+):(?:user\/)?(.+)$/.exec(textOf(principal)) ?? []
      const us: RamPrincipal = { kind: 'user', accountId, userName: user === 'root' ? 'sluice' : user, userId: '' }
      const mayAssume = (who: RamPrincipal, id: string | undefined, documents: JsonObject): boolean =>
        evaluateRam({
          principal: who,
          action: 'sts:AssumeRole',
          resource: `acs:ram:*:${OWNER}:role/${textOf(roleArn).replace(/^.*\//, '').toLowerCase()}`,
          resourceAccount: OWNER,
          context: id === undefined ? {} : { 'sts:ExternalId': id },
          policies: { identity: [named('unknown', ANY)], resource: named('trust', objectOf(documents['trustPolicy'])) },
          rule: 'trust',
        }).allowed
      expect(mayAssume(us, textOf(externalId), one.before)).toBe(false)
      expect(mayAssume(us, textOf(externalId), one.after)).toBe(true)
      const opens = (who: RamPrincipal, id: string | undefined): boolean => mayAssume(who, id, one.after) && !mayAssume(who, id, one.before)
      expect(opens(us, undefined)).toBe(false)
      expect(opens(us, 'an-id-of-nobody')).toBe(false)
      expect(opens({ kind: 'user', accountId: '5555666677778888', userName: 'stranger', userId: '' }, textOf(externalId))).toBe(false)
    },
  )
})
