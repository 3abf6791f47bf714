import {
  type Access,
  type JsonObject,
  type Location,
  type NamedPolicy,
  type OssCall,
  type OssNeed,
  type RamPrincipal,
  type SetupProof,
  compileRam,
  evaluateRam,
  expandOssCall,
} from '@sluice/core'
import { accessProofs } from '../../setup/access-proofs.ts'
import { proof, requireProofs } from '../../setup/prove.ts'
import type { SetupDocuments } from './documents.ts'
import { type Trusted, holderArn } from './holder.ts'
import type { SetupPlan } from './plan.ts'
import { UNKNOWN_ACCOUNT } from './trust-policy.ts'

/** Stands for the customer's account while nobody has named it, and for somebody else's. */
const SOME_ACCOUNT = '0000000000000000'
const OTHER_ACCOUNT = '1111111111111111'

/** Asks RAM's evaluator whether the documents do what they promise. Throws `setup.self_check_failed` if not. */
export function proveSetup(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const { holder } = plan
  return requireProofs([
    ...permissionProofs(plan, documents),
    ...(holder.kind === 'role' && documents.trust !== undefined ? trustProofs(plan, holder.trusted, documents.trust.document) : []),
  ])
}

/** A call, or the bare use of a key. */
type Asked = Omit<OssCall, 'owner' | 'region'> | { readonly key: string; readonly action: string }

function permissionProofs(plan: SetupPlan, documents: SetupDocuments): readonly SetupProof[] {
  const account = plan.accountId ?? SOME_ACCOUNT
  // Without a policy that names us, an account we do not know cannot be told from ours.
  const owner = documents.buckets.length > 0 ? (plan.foreignBucketAccount ?? account) : account
  const identity = [compileRam({ name: 'permission policy', document: documents.permission.document }, 'identity')]
  const buckets = new Map<string, NamedPolicy>(
    documents.buckets.map(({ bucket, document }) => [bucket, compileRam({ name: `bucket policy of ${bucket}`, document }, 'bucket')]),
  )
  const principal = holderPrincipal(plan, account)
  const allowed = (need: OssNeed): boolean => {
    const bucketPolicy = need.service === 'oss' ? buckets.get(need.resource.split(':')[4]?.split('/')[0] ?? '') : undefined
    return evaluateRam({
      principal,
      action: need.action,
      resource: need.resource,
      // A key of another account has an owner who must allow its use too: that is their part, and a warning says so.
      resourceAccount: need.service === 'kms' ? account : owner,
      context: need.context,
      rule: need.service === 'kms' ? 'none' : 'bucket',
      policies: { identity, ...(bucketPolicy === undefined ? {} : { resource: bucketPolicy }) },
    }).allowed
  }
  const allows = (call: Asked): boolean =>
    'action' in call
      ? allowed({ action: call.action, resource: call.key, service: 'kms', context: {} })
      : expandOssCall({ ...call, owner, region: plan.region }).every(allowed)
  return [
    ...accessProofs<Asked>({
      access: plan.access,
      locations: plan.locations,
      scheme: 'oss://',
      callsFor: (access, location, key) => callsFor(plan, access, location, key),
      simplest: simplestCall,
      bucketClaims: (bucket) => [
        { text: `Find out region and owner of ${bucket}`, expected: 'allowed', call: { operation: 'GetBucketInfo', bucket } },
        { text: `Change the policy of ${bucket}`, expected: 'denied', call: { operation: 'PutBucketPolicy', bucket } },
        { text: `Delete the bucket ${bucket}`, expected: 'denied', call: { operation: 'DeleteBucket', bucket } },
      ],
      allows,
    }),
    ...keyProofs(plan, allows),
  ]
}

function holderPrincipal({ holder }: SetupPlan, accountId: string): RamPrincipal {
  return holder.kind === 'role'
    ? { kind: 'role-session', accountId, roleName: holder.name, sessionName: 'sluice' }
    : { kind: 'user', accountId, userName: holder.name, userId: '2' }
}

/** Every call we make for an access, with every key that may be in play. */
function callsFor(plan: SetupPlan, access: Access, { bucket, prefix, extent }: Location, key: string): readonly Asked[] {
  const withKeys = (operation: OssCall['operation'], keys: readonly string[], more: Partial<OssCall> = {}): readonly Asked[] =>
    [undefined, ...keys].map((kmsKey) => ({
      operation,
      bucket,
      key,
      ...more,
      ...(kmsKey === undefined ? {} : { kmsKey: concrete(kmsKey) }),
    }))
  switch (access) {
    case 'list':
      return [
        { operation: 'ListObjectsV2', bucket, ...(extent === 'bucket' ? {} : { prefix }), maxKeys: 1_000 },
        ...(extent === 'folder' ? [{ operation: 'ListObjectsV2' as const, bucket, prefix: `${prefix}a/b`, delimiter: '/' }] : []),
      ]
    case 'read':
      return [
        { operation: 'HeadObject', bucket, key },
        ...withKeys('GetObject', plan.kmsKeys.read),
        ...withKeys('GetObject', plan.kmsKeys.read, { versionId: 'v1' }),
      ]
    case 'write':
      return [
        ...(['PutObject', 'InitiateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'] as const).flatMap((operation) =>
          withKeys(operation, plan.kmsKeys.write),
        ),
        ...(plan.connection.settings.acl === undefined ? [] : [{ operation: 'PutObjectAcl' as const, bucket, key }]),
        { operation: 'ListParts', bucket, key },
        { operation: 'AbortMultipartUpload', bucket, key },
      ]
    case 'delete':
      return [
        { operation: 'DeleteObject', bucket, key },
        { operation: 'DeleteMultipleObjects', bucket, objects: [{ key }] },
      ]
  }
}

/** The one call without which an access is nothing. */
function simplestCall(access: Access, bucket: string, key: string, prefix?: string): Asked {
  if (access === 'list') return { operation: 'ListObjectsV2', bucket, ...(prefix === undefined ? {} : { prefix }) }
  return { operation: access === 'read' ? 'GetObject' : access === 'write' ? 'PutObject' : 'DeleteObject', bucket, key }
}

/** A key as a request names it: one that is known by its id alone lies in some region and account. */
function concrete(key: string): string {
  const [, , region = '', account = '', ...rest] = key.split(':')
  return ['acs', 'kms', region === '*' ? 'cn-hangzhou' : region, account === '*' ? SOME_ACCOUNT : account, ...rest].join(':')
}

/** The keys work for what they are named for, and no other key does. */
function keyProofs({ kmsKeys }: SetupPlan, allows: (call: Asked) => boolean): readonly SetupProof[] {
  const all = [...new Set([...kmsKeys.read, ...kmsKeys.write])]
  return all.flatMap((key) => {
    const named = { key: concrete(key), action: 'kms:GenerateDataKey' }
    return [
      proof(`Encrypt with ${key}`, kmsKeys.write.includes(key) ? 'allowed' : 'denied', allows(named)),
      proof(`Decrypt with ${key}-other`, 'denied', allows({ key: `${named.key}-other`, action: 'kms:Decrypt' })),
      proof(`Delete ${key}`, 'denied', allows({ ...named, action: 'kms:ScheduleKeyDeletion' })),
    ]
  })
}

/** We can assume the role with what it asks for; without it, with something else, or as somebody else nobody can. */
function trustProofs(plan: SetupPlan, trusted: Trusted, document: JsonObject): readonly SetupProof[] {
  const account = plan.accountId ?? SOME_ACCOUNT
  const known: JsonObject = JSON.parse(JSON.stringify(document).replaceAll(UNKNOWN_ACCOUNT, account))
  const trust = compileRam({ name: 'trust policy', document: known }, 'trust')
  const assumes = (principal: RamPrincipal, context: { readonly [key: string]: string }): boolean =>
    evaluateRam({
      principal,
      action: 'sts:AssumeRole',
      resource: holderArn(plan.holder, account),
      resourceAccount: account,
      context,
      rule: 'trust',
      policies: { identity: [CALLER_MAY_ASSUME], resource: trust },
    }).allowed
  return trusted.kind === 'principal' ? principalProofs(trusted, assumes) : issuerProofs(trusted, account, assumes)
}

type Assumes = (principal: RamPrincipal, context: { readonly [key: string]: string }) => boolean

function principalProofs(
  { platform, externalId }: Extract<Trusted, { readonly kind: 'principal' }>,
  assumes: Assumes,
): readonly SetupProof[] {
  const { principalArn, accountId } = platform
  const id = (value: string | undefined) => (value === undefined ? {} : { 'sts:ExternalId': value })
  const us = principalOf(principalArn, accountId)
  const open = externalId === undefined ? 'allowed' : 'denied'
  const elsewhere = principalOf(principalArn, accountId === OTHER_ACCOUNT ? SOME_ACCOUNT : OTHER_ACCOUNT)
  return [
    proof(`Sluice assumes the role${externalId === undefined ? '' : ' with its external id'}`, 'allowed', assumes(us, id(externalId))),
    ...(externalId === undefined ? [] : [proof('Sluice assumes the role without an external id', open, assumes(us, {}))]),
    proof('Sluice assumes the role with another external id', open, assumes(us, id(`${externalId ?? 'id'}-other`))),
    proof(
      "Another identity of Sluice's account assumes the role",
      'denied',
      assumes(principalOf(`${principalArn}-other`, accountId), id(externalId)),
    ),
    proof('An identity of the same name in another account assumes the role', 'denied', assumes(elsewhere, id(externalId))),
  ]
}

function principalOf(arn: string, accountId: string): RamPrincipal {
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  return arn.includes(':user/')
    ? { kind: 'user', accountId, userName: name, userId: '2' }
    : { kind: 'role-session', accountId, roleName: name, sessionName: 'sluice' }
}

function issuerProofs(trusted: Extract<Trusted, { readonly kind: 'issuer' }>, account: string, assumes: Assumes): readonly SetupProof[] {
  const provider = (name: string): RamPrincipal => ({ kind: 'federated', provider: `acs:ram::${account}:oidc-provider/${name}` })
  const us = provider(trusted.providerName)
  const token = { 'oidc:iss': trusted.issuerUrl, 'oidc:aud': trusted.audience, 'oidc:sub': trusted.subject }
  return [
    proof('A token of Sluice for this connection assumes the role', 'allowed', assumes(us, token)),
    proof(
      'A token of Sluice for another connection assumes the role',
      'denied',
      assumes(us, { ...token, 'oidc:sub': `${trusted.subject}x` }),
    ),
    proof(
      'A token of Sluice for another audience assumes the role',
      'denied',
      assumes(us, { ...token, 'oidc:aud': `${trusted.audience}.x` }),
    ),
    proof('A token of another issuer assumes the role', 'denied', assumes(us, { ...token, 'oidc:iss': `${trusted.issuerUrl}.x` })),
    proof(
      'A token by way of another identity provider assumes the role',
      'denied',
      assumes(provider(`${trusted.providerName}-other`), token),
    ),
  ]
}

/** The caller's own policy lets it assume anything, so that only the trust policy decides. */
const CALLER_MAY_ASSUME: NamedPolicy = {
  name: 'caller',
  document: { Version: '1', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] },
}
