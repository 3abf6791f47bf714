import type { Json, JsonObject } from '@sluice/core'
import type { Made } from '../../templates/apply.ts'
import { templateError, unsupported } from '../../templates/error.ts'
import { textOf } from '../../templates/intrinsics.ts'
import { propertiesOf, type Properties } from '../../templates/properties.ts'
import { AliyunError } from '../error.ts'
import { requestedBucketAcl } from '../oss/acl.ts'
import { readEncryption } from '../oss/encryption.ts'
import { createOssBucket } from '../state/buckets.ts'
import {
  makeAliyunAccessKey,
  makeOidcProvider,
  makeRamPolicy,
  makeRamRole,
  makeRamUser,
  saveRamRole,
  saveRamUser,
} from '../state/identities.ts'
import { checkRamPolicy, policyDocument } from '../state/policies.ts'
import { STORAGE_CLASSES, type AliyunAccount, type AliyunState, type PolicyRef } from '../state/types.ts'

export interface RosStack {
  readonly state: AliyunState
  readonly account: AliyunAccount
  readonly region: string
  readonly name: string
}

type Maker = (stack: RosStack, properties: Properties, logicalId: string) => Made

/** Makes one resource of a template. */
export function makeRosResource(stack: RosStack, type: string, logicalId: string, values: JsonObject): Made {
  const maker = MAKERS[type]
  if (!maker) throw unsupported(`the resource type ${type}`)
  return maker(stack, propertiesOf(type, values), logicalId)
}

const MAKERS: { readonly [type: string]: Maker } = {
  'ALIYUN::RAM::Role'(stack, properties) {
    const { state, account } = stack
    const input = {
      name: properties.required('RoleName'),
      description: properties.text('Description') ?? '',
      trust: properties.document('AssumeRolePolicyDocument'),
      maxSessionDuration: properties.number('MaxSessionDuration') ?? 3600,
      policies: properties.policies(),
    }
    const attachments = attachmentsOf(stack, properties)
    properties.text('DeletionForce')
    properties.finish()
    if (account.roles.latest(input.name.toLowerCase())) throw exists('Role', input.name)
    for (const name of Object.keys(input.policies)) if (account.policies.has(name)) throw exists('Policy', name)
    const made = makeRamRole(state, account, input)
    const role = saveRamRole(state, account, { ...made, attached: [...made.attached, ...attachments] })
    return {
      ref: role.name,
      attributes: { RoleName: role.name, RoleId: role.id, Arn: role.arn },
      undo() {
        account.roles.set(role.name.toLowerCase(), undefined, 0)
        for (const name of Object.keys(input.policies)) account.policies.delete(name)
      },
    }
  },

  'ALIYUN::RAM::User'(stack, properties) {
    const { state, account } = stack
    const name = properties.required('UserName')
    const displayName = properties.text('DisplayName') ?? name
    const attached = attachmentsOf(stack, properties)
    const comments = properties.text('Comments') ?? ''
    for (const unseen of ['Email', 'MobilePhone', 'DeletionForce']) properties.text(unseen)
    properties.finish()
    if (account.users.latest(name.toLowerCase())) throw exists('User', name)
    const user = saveRamUser(state, account, { ...makeRamUser(state, account, { name, displayName, comments }), attached })
    return {
      ref: user.name,
      attributes: { UserName: user.name, UserId: user.id },
      undo: () => account.users.set(name.toLowerCase(), undefined, 0),
    }
  },

  'ALIYUN::RAM::AccessKey'({ state, account }, properties) {
    const userName = properties.required('UserName')
    properties.finish()
    const user = account.users.latest(userName.toLowerCase())
    if (!user) throw missing('User', userName)
    const key = makeAliyunAccessKey(state, account, user.name)
    return {
      ref: key.id,
      attributes: { AccessKeyId: key.id, AccessKeySecret: key.secret, Status: key.status },
      undo: () => account.accessKeys.delete(key.id),
    }
  },

  'ALIYUN::RAM::ManagedPolicy'(stack, properties) {
    const { state, account } = stack
    const name = properties.required('PolicyName')
    const description = properties.text('Description') ?? ''
    const document = properties.document('PolicyDocument')
    const roles = properties.texts('Roles')
    const users = properties.texts('Users')
    properties.text('DeletionForce')
    properties.finish()
    if (account.policies.has(name)) throw exists('Policy', name)
    makeRamPolicy(state, account, { name, description, document })
    const detach = [
      ...roles.map((role) => attachToRole(stack, role, { type: 'Custom', name })),
      ...users.map((user) => attachToUser(stack, user, { type: 'Custom', name })),
    ]
    return {
      ref: name,
      attributes: { PolicyName: name },
      undo() {
        for (const undo of detach) undo()
        account.policies.delete(name)
      },
    }
  },

  'ALIYUN::RAM::AttachPolicyToRole'(stack, properties) {
    const ref = policyRefOf(stack, properties)
    const roleName = properties.required('RoleName')
    properties.finish()
    return { ref: `${roleName}:${ref.name}`, attributes: {}, undo: attachToRole(stack, roleName, ref) }
  },

  'ALIYUN::RAM::AttachPolicyToUser'(stack, properties) {
    const ref = policyRefOf(stack, properties)
    const userName = properties.required('UserName')
    properties.finish()
    return { ref: `${userName}:${ref.name}`, attributes: {}, undo: attachToUser(stack, userName, ref) }
  },

  'ALIYUN::RAM::OIDCProvider'({ state, account }, properties) {
    const input = {
      name: properties.required('OIDCProviderName'),
      issuer: properties.required('IssuerUrl'),
      clientIds: properties.texts('ClientIds'),
      fingerprints: properties.texts('Fingerprints'),
      description: properties.text('Description') ?? '',
      issuanceLimitHours: properties.number('IssuanceLimitTime') ?? 12,
    }
    properties.finish()
    if (account.oidcProviders.has(input.name)) throw exists('OIDCProvider', input.name)
    if (input.fingerprints.length === 0) throw templateError('ALIYUN::RAM::OIDCProvider needs Fingerprints')
    makeOidcProvider(state, account, input)
    return { ref: input.name, attributes: { OIDCProviderName: input.name }, undo: () => account.oidcProviders.delete(input.name) }
  },

  'ALIYUN::OSS::Bucket'({ state, account, region }, properties) {
    const name = properties.required('BucketName')
    const acl = requestedBucketAcl(properties.text('AccessControl') ?? 'private')
    const asked = properties.text('StorageClass') ?? 'Standard'
    const encryption = properties.object('ServerSideEncryptionConfiguration')
    const policy = properties.object('Policy')
    properties.text('DeletionForce')
    properties.finish()
    const storageClass = STORAGE_CLASSES.find((known) => known === asked)
    if (!storageClass) throw templateError(`ALIYUN::OSS::Bucket has no StorageClass ${asked}`)
    if (state.buckets.has(name)) throw exists('Bucket', name)
    if (policy) checkRamPolicy(policy, 'bucket', (message) => new AliyunError(400, 'InvalidPolicyDocument', message))
    const bucket = createOssBucket(state, { name, accountId: account.uid, region, storageClass })
    bucket.acl = acl
    bucket.policy = policy
    if (encryption)
      bucket.encryption = readEncryption(bucket, textMember(encryption, 'SSEAlgorithm'), optionalText(encryption, 'KMSMasterKeyID'))
    return {
      ref: name,
      attributes: {
        Name: name,
        DomainName: `${name}.oss-${region}.aliyuncs.com`,
        InternalDomainName: `${name}.oss-${region}-internal.aliyuncs.com`,
      },
      undo: () => state.buckets.delete(name),
    }
  },
}

/** `PolicyAttachments: {System: [name], Custom: [name]}` */
function attachmentsOf({ account }: RosStack, properties: Properties): readonly PolicyRef[] {
  const attachments = properties.object('PolicyAttachments') ?? {}
  const unknown = Object.keys(attachments).find((type) => type !== 'System' && type !== 'Custom')
  if (unknown !== undefined) throw unsupported(`the policy type ${unknown}`)
  const refs = (['System', 'Custom'] as const).flatMap((type) => listMember(attachments, type).map((name): PolicyRef => ({ type, name })))
  for (const ref of refs) if (!policyDocument(account, ref)) throw missing('Policy', ref.name)
  return refs
}

function policyRefOf({ account }: RosStack, properties: Properties): PolicyRef {
  const name = properties.required('PolicyName')
  const type = properties.required('PolicyType')
  if (type !== 'System' && type !== 'Custom') throw templateError(`PolicyType is System or Custom, not ${type}`)
  if (!policyDocument(account, { type, name })) throw missing('Policy', name)
  return { type, name }
}

function attachToRole({ state, account }: RosStack, name: string, ref: PolicyRef): () => void {
  const role = account.roles.latest(name.toLowerCase())
  if (!role) throw missing('Role', name)
  saveRamRole(state, account, { ...role, attached: [...role.attached, ref] })
  return () => account.roles.set(name.toLowerCase(), role, 0)
}

function attachToUser({ state, account }: RosStack, name: string, ref: PolicyRef): () => void {
  const user = account.users.latest(name.toLowerCase())
  if (!user) throw missing('User', name)
  saveRamUser(state, account, { ...user, attached: [...user.attached, ref] })
  return () => account.users.set(name.toLowerCase(), user, 0)
}

function exists(what: string, name: string): AliyunError {
  return new AliyunError(409, `EntityAlreadyExists.${what}`, `The ${what.toLowerCase()} already exists: ${name}.`)
}

function missing(what: string, name: string): AliyunError {
  return new AliyunError(404, `EntityNotExist.${what}`, `The ${what.toLowerCase()} does not exist: ${name}.`)
}

function textMember(object: JsonObject, name: string): string {
  return textOf(object[name] ?? null, name)
}

function optionalText(object: JsonObject, name: string): string | undefined {
  return object[name] === undefined ? undefined : textMember(object, name)
}

function listMember(object: JsonObject, name: string): readonly string[] {
  const value: Json = object[name] ?? []
  if (!Array.isArray(value)) throw templateError(`${name} is a list`)
  return value.map((item: Json) => textOf(item, name))
}
