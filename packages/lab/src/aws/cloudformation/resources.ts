import type { Json, JsonObject } from '@sluice/core'
import { AwsError } from '../error.ts'
import { makeAccessKey, makeManagedPolicy, makeRole, makeUser, saveRole, saveUser } from '../state/identities.ts'
import { makeOidcProvider, oidcProviderArn } from '../state/oidc-providers.ts'
import { checkPolicy } from '../state/policies.ts'
import { createBucket } from '../state/buckets.ts'
import { isObject } from '../../state/json.ts'
import { storePolicy } from '../state/principals.ts'
import { OWNERSHIPS, type Account, type AwsState, type Bucket, type Encryption, type Ownership } from '../state/types.ts'
import type { Made } from '../../templates/apply.ts'
import { templateError, unsupported } from '../../templates/error.ts'
import { propertiesOf, type Properties } from '../../templates/properties.ts'

export interface Stack {
  readonly state: AwsState
  readonly account: Account
  readonly region: string
  readonly name: string
}

type Maker = (stack: Stack, properties: Properties, logicalId: string) => Made

/** Makes one resource of a template. */
export function makeResource(stack: Stack, type: string, logicalId: string, values: JsonObject): Made {
  const maker = MAKERS[type]
  if (!maker) throw unsupported(`the resource type ${type}`)
  return maker(stack, propertiesOf(type, values), logicalId)
}

function generated(stack: Stack, logicalId: string): string {
  return `${stack.name}-${logicalId}-${Buffer.from(stack.state.random.bytes(6)).toString('hex').toUpperCase()}`
}

const MAKERS: { readonly [type: string]: Maker } = {
  'AWS::IAM::Role'(stack, properties, logicalId) {
    const { state, account } = stack
    const boundary = properties.text('PermissionsBoundary')
    const input = {
      name: properties.text('RoleName') ?? generated(stack, logicalId),
      path: properties.text('Path') ?? '/',
      description: properties.text('Description') ?? '',
      trust: properties.document('AssumeRolePolicyDocument'),
      policies: properties.policies(),
      attached: properties.texts('ManagedPolicyArns'),
      maxSessionDuration: properties.number('MaxSessionDuration') ?? 3600,
      tags: properties.tags(),
      ...(boundary === undefined ? {} : { boundary }),
    }
    properties.finish()
    if (account.roles.latest(input.name)) throw exists('Role', input.name)
    const role = saveRole(state, account, makeRole(state, account, input))
    return { ref: role.name, attributes: { Arn: role.arn, RoleId: role.id }, undo: () => account.roles.set(role.name, undefined, 0) }
  },

  'AWS::IAM::User'(stack, properties, logicalId) {
    const { state, account } = stack
    const boundary = properties.text('PermissionsBoundary')
    const input = {
      name: properties.text('UserName') ?? generated(stack, logicalId),
      path: properties.text('Path') ?? '/',
      policies: properties.policies(),
      attached: properties.texts('ManagedPolicyArns'),
      tags: properties.tags(),
      ...(boundary === undefined ? {} : { boundary }),
    }
    properties.finish()
    if (account.users.latest(input.name)) throw exists('User', input.name)
    const user = saveUser(state, account, makeUser(state, account, input))
    return { ref: user.name, attributes: { Arn: user.arn }, undo: () => account.users.set(user.name, undefined, 0) }
  },

  'AWS::IAM::AccessKey'({ state, account }, properties) {
    const userName = properties.required('UserName')
    properties.finish()
    if (!account.users.latest(userName)) throw new AwsError(404, 'NoSuchEntity', `The user with name ${userName} cannot be found.`)
    const key = makeAccessKey(state, account, userName)
    return { ref: key.id, attributes: { SecretAccessKey: key.secret }, undo: () => account.accessKeys.delete(key.id) }
  },

  'AWS::IAM::ManagedPolicy'(stack, properties, logicalId) {
    const { state, account } = stack
    const path = properties.text('Path') ?? '/'
    const input = {
      name: properties.text('ManagedPolicyName') ?? generated(stack, logicalId),
      path,
      description: properties.text('Description') ?? '',
      document: properties.document('PolicyDocument'),
    }
    const roles = properties.texts('Roles')
    const users = properties.texts('Users')
    properties.finish()
    if ([...account.policies.values()].some((policy) => policy.name === input.name)) throw exists('Policy', input.name)
    const policy = makeManagedPolicy(state, account, input)
    for (const name of roles) changeRole(stack, name, (role) => ({ attached: [...role.attached, policy.arn] }))
    for (const name of users) changeUser(stack, name, (user) => ({ attached: [...user.attached, policy.arn] }))
    return { ref: policy.arn, attributes: { PolicyArn: policy.arn }, undo: () => account.policies.delete(policy.arn) }
  },

  'AWS::IAM::Policy'(stack, properties) {
    const name = properties.required('PolicyName')
    const document = properties.document('PolicyDocument')
    const roles = properties.texts('Roles')
    const users = properties.texts('Users')
    properties.finish()
    checkPolicy(document, 'identity', 'MalformedPolicyDocument')
    if (roles.length + users.length === 0) throw templateError('AWS::IAM::Policy needs Roles or Users')
    const remove = [
      ...roles.map((role) => changeRole(stack, role, ({ inline }) => ({ inline: new Map([...inline, [name, document]]) }))),
      ...users.map((user) => changeUser(stack, user, ({ inline }) => ({ inline: new Map([...inline, [name, document]]) }))),
    ]
    return { ref: name, attributes: {}, undo: () => remove.forEach((undo) => undo()) }
  },

  'AWS::IAM::OIDCProvider'({ state, account }, properties) {
    const input = {
      url: properties.required('Url'),
      clientIds: properties.texts('ClientIdList'),
      thumbprints: properties.texts('ThumbprintList'),
      tags: properties.tags(),
    }
    properties.finish()
    if (account.oidcProviders.has(oidcProviderArn(account.id, input.url))) throw exists('Provider', input.url)
    const { arn } = makeOidcProvider(state, account, input)
    return { ref: arn, attributes: { Arn: arn }, undo: () => account.oidcProviders.delete(arn) }
  },

  'AWS::S3::Bucket'(stack, properties, logicalId) {
    const { state, account, region } = stack
    const name = properties.text('BucketName') ?? generated(stack, logicalId).toLowerCase()
    const block = properties.object('PublicAccessBlockConfiguration')
    const ownership = properties.object('OwnershipControls')
    const encryption = properties.object('BucketEncryption')
    const versioning = properties.object('VersioningConfiguration')
    const tags = properties.tags()
    properties.finish()
    if (state.buckets.has(name)) throw exists('Bucket', name)
    const bucket = createBucket(state, { name, accountId: account.id, region })
    bucket.tags = tags
    if (block) bucket.publicAccessBlock = blockOf(block)
    if (ownership) bucket.ownership = ownershipOf(ownership)
    if (encryption) bucket.encryption = encryptionOf(encryption)
    if (versioning) setVersioning(bucket, versioning['Status'])
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      },
      undo: () => state.buckets.delete(name),
    }
  },

  'AWS::S3::BucketPolicy'({ state, account }, properties) {
    const name = properties.required('Bucket')
    const document = properties.document('PolicyDocument')
    properties.finish()
    checkPolicy(document, 'resource', 'MalformedPolicy')
    const bucket = state.buckets.get(name)
    if (bucket?.accountId !== account.id) throw new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist')
    if (bucket.policy) throw exists('Bucket policy', name)
    bucket.policy = storePolicy(state, document)
    return { ref: name, attributes: {}, undo: () => (bucket.policy = undefined) }
  },
}

function exists(what: string, name: string): AwsError {
  return new AwsError(400, 'AlreadyExistsException', `${what} with name ${name} already exists.`)
}

function changeRole(
  { state, account }: Stack,
  name: string,
  change: (role: NonNullable<ReturnType<Account['roles']['latest']>>) => object,
): () => void {
  const role = account.roles.latest(name)
  if (!role) throw new AwsError(404, 'NoSuchEntity', `The role with name ${name} cannot be found.`)
  saveRole(state, account, { ...role, ...change(role) })
  return () => account.roles.set(name, role, 0)
}

function changeUser(
  { state, account }: Stack,
  name: string,
  change: (user: NonNullable<ReturnType<Account['users']['latest']>>) => object,
): () => void {
  const user = account.users.latest(name)
  if (!user) throw new AwsError(404, 'NoSuchEntity', `The user with name ${name} cannot be found.`)
  saveUser(state, account, { ...user, ...change(user) })
  return () => account.users.set(name, user, 0)
}

function blockOf(block: JsonObject): Bucket['publicAccessBlock'] {
  const is = (name: string): boolean => isTrue(block[name])
  return {
    blockPublicAcls: is('BlockPublicAcls'),
    ignorePublicAcls: is('IgnorePublicAcls'),
    blockPublicPolicy: is('BlockPublicPolicy'),
    restrictPublicBuckets: is('RestrictPublicBuckets'),
  }
}

function isTrue(value: Json | undefined): boolean {
  return value === true || value === 'true'
}

function ownershipOf(controls: JsonObject): Ownership {
  const [rule] = rules(controls['Rules'])
  const asked = rule?.['ObjectOwnership']
  const ownership = OWNERSHIPS.find((known) => known === asked)
  if (!ownership) throw templateError('OwnershipControls needs a rule with ObjectOwnership')
  return ownership
}

function encryptionOf(configuration: JsonObject): Encryption {
  const [rule] = rules(configuration['ServerSideEncryptionConfiguration'])
  const byDefault = rule?.['ServerSideEncryptionByDefault']
  const settings = isObject(byDefault) ? byDefault : {}
  const algorithm = (['AES256', 'aws:kms', 'aws:kms:dsse'] as const).find((known) => known === settings['SSEAlgorithm'])
  if (!algorithm) throw templateError('BucketEncryption needs a rule with SSEAlgorithm')
  const key = settings['KMSMasterKeyID']
  return {
    algorithm,
    ...(typeof key === 'string' && key !== '' ? { kmsKeyArn: key } : {}),
    ...(isTrue(rule?.['BucketKeyEnabled']) ? { bucketKey: true } : {}),
  }
}

function setVersioning(bucket: Bucket, status: Json | undefined): void {
  if (status !== 'Enabled' && status !== 'Suspended') throw templateError('VersioningConfiguration needs Status')
  bucket.versioning = status
}

function rules(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
