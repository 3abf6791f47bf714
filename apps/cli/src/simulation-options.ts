import {
  parseArn,
  S3_OPERATIONS,
  scopeOfS3Operation,
  type NamedPolicy,
  type Principal,
  type RequestContext,
  type S3Call,
  type S3Operation,
  type S3Simulation,
} from '@sluice/core'
import { pairs, usage, type Options } from './invocation.ts'
import { readPolicy } from './policy-file.ts'
import type { Terminal } from './terminal.ts'

/** What is taken to hold of a request unless it is told: clients of S3 speak TLS. */
export const ASSUMED: RequestContext = { 'aws:SecureTransport': 'true' }

/** Attached everywhere, and not to be detached. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html */
const RCP_FULL_ACCESS: NamedPolicy = {
  name: 'RCPFullAWSAccess',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] },
}

/** Reads the options of `policy simulate` and the files they name. */
export async function simulationOf(options: Options, terminal: Terminal): Promise<S3Simulation> {
  const principal = principalOf(required(options, 'principal'))
  const call = callOf(options, principal)
  const read = (path: string) => readPolicy(path, terminal)
  const optional = async (name: string) => {
    const path = options.text(name)
    return path === undefined ? undefined : await read(path)
  }
  const levels = (name: string) => Promise.all(options.list(name).map((files) => Promise.all(files.split(',').map(read))))
  const [boundary, bucketPolicy, sourceBucketPolicy, vpcEndpoint] = [
    await optional('boundary'),
    await optional('resource'),
    await optional('sourcePolicy'),
    await optional('vpcEndpoint'),
  ]
  const session = await Promise.all(options.list('session').map(read))
  const [scps, rcps] = [await levels('scp'), await levels('rcp')]
  const keyPolicies = await keyPoliciesOf(options, read)
  const bucketOwner = accountOf(options, 'bucketOwner')
  const sourceOwner = accountOf(options, 'sourceOwner')
  return {
    call,
    principal,
    context: { ...ASSUMED, ...contextOf(options.list('context')) },
    policies: {
      identity: await Promise.all(options.list('identity').map(read)),
      ...(boundary ? { boundary } : {}),
      ...(session.length > 0 ? { session } : {}),
      ...(scps.length > 0 ? { scps } : {}),
      ...(rcps.length > 0 ? { rcps: rcps.map((level) => [...level, RCP_FULL_ACCESS]) } : {}),
      ...(vpcEndpoint ? { vpcEndpoint } : {}),
      ...(options.flag('restrictPublicBuckets') ? { restrictPublicBuckets: true } : {}),
    },
    ...(bucketPolicy ? { bucketPolicy } : {}),
    ...(sourceBucketPolicy ? { sourceBucketPolicy } : {}),
    ...(keyPolicies ? { keyPolicies } : {}),
    ...(bucketOwner === undefined ? {} : { bucketOwner }),
    ...(sourceOwner === undefined ? {} : { sourceOwner }),
  }
}

function required(options: Options, name: 'principal' | 'call' | 'bucket'): string {
  const value = options.text(name)
  if (value === undefined) throw usage(`--${name} is missing.`)
  return value
}

/** Reads who calls. The session of a role that is named without one is called `simulation`. */
function principalOf(text: string): Principal {
  if (text === 'anonymous' || text === '*') return { kind: 'anonymous' }
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(text)) return { kind: 'service', service: text }
  const arn = parseArn(text)
  const [type = '', ...names] = arn?.resource.split('/') ?? []
  if (arn?.service === 'iam' && /^\d{12}$/.test(arn.account)) {
    if (type === 'root') return { kind: 'root', accountId: arn.account, partition: arn.partition }
    if (type === 'user' && names.length > 0) return { kind: 'user', arn: text }
    if (type === 'role' && names.length > 0) return { kind: 'role-session', roleArn: text, sessionName: 'simulation' }
  }
  if (arn?.service === 'sts' && type === 'assumed-role' && names.length === 2)
    // A session's ARN has no path of its role: policies that name the role with one need the role's ARN here.
    return { kind: 'role-session', roleArn: `arn:${arn.partition}:iam::${arn.account}:role/${names[0] ?? ''}`, sessionName: names[1] ?? '' }
  throw usage(
    `${JSON.stringify(text)} is no principal.`,
    'Give the ARN of a role, user or session, a service as lambda.amazonaws.com, or anonymous.',
  )
}

function callOf(options: Options, principal: Principal): S3Call {
  const named = required(options, 'call')
  const operation = S3_OPERATIONS.find((one) => one === named)
  if (!operation) throw usage(`There is no call ${named}.`)
  const keys = options.list('key')
  const [key] = keys
  checkNames(operation, options, keys)
  const kmsKey = options.text('kmsKey')
  const region = options.text('region') ?? (kmsKey === undefined ? undefined : parseArn(kmsKey)?.region)
  const source = sourceOf(options, operation)
  const maxKeys = options.number('maxKeys')
  const tags = options.list('tag')
  return {
    operation,
    partition: partitionOf(principal, kmsKey),
    ...given('bucket', options.text('bucket')),
    ...(operation === 'DeleteObjects'
      ? { objects: keys.map((one) => ({ key: one, ...given('versionId', options.text('versionId')) })) }
      : given('key', key)),
    ...(operation === 'DeleteObjects' ? {} : given('versionId', options.text('versionId'))),
    ...given('prefix', options.text('prefix')),
    ...given('delimiter', options.text('delimiter')),
    ...(maxKeys === undefined ? {} : { maxKeys }),
    ...given('acl', options.text('acl')),
    ...(tags.length > 0 ? { tags: pairs(tags, '--tag') } : {}),
    ...given('storageClass', options.text('storageClass')),
    ...given('encryptionHeader', options.text('encryption')),
    ...given('region', region),
    ...(kmsKey === undefined ? {} : { kms: { keyArn: kmsKey, bucketKey: options.flag('bucketKey') } }),
    ...(source ? { source } : {}),
  }
}

function given<Name extends string>(name: Name, value: string | undefined): { readonly [key in Name]?: string } {
  // The one member is the one named: TypeScript widens a computed name to any text.
  return value === undefined ? {} : ({ [name]: value } as { readonly [key in Name]: string })
}

function checkNames(operation: S3Operation, options: Options, keys: readonly string[]): void {
  const scope = scopeOfS3Operation(operation)
  if (scope !== 'service') required(options, 'bucket')
  if (scope === 'object' && keys.length === 0) throw usage(`${operation} needs a --key.`)
  if (scope !== 'object' && keys.length > 0) throw usage(`${operation} is about the bucket: it takes no --key.`)
  if (keys.length > 1 && operation !== 'DeleteObjects') throw usage(`${operation} takes one --key.`)
}

function sourceOf(options: Options, operation: S3Operation): S3Call['source'] {
  const url = options.text('source')
  const copies = operation === 'CopyObject' || operation === 'UploadPartCopy'
  if (url === undefined) {
    if (copies) throw usage(`${operation} needs a --source.`)
    return undefined
  }
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(url) ?? []
  if (!copies) throw usage(`${operation} reads nothing: it takes no --source.`)
  if (bucket === undefined || key === undefined) throw usage(`--source takes s3://bucket/key, not ${JSON.stringify(url)}.`)
  return { bucket, key }
}

function partitionOf(principal: Principal, kmsKey: string | undefined): string {
  const arn = 'arn' in principal ? principal.arn : 'roleArn' in principal ? principal.roleArn : (kmsKey ?? '')
  return parseArn(arn)?.partition ?? 'aws'
}

async function keyPoliciesOf(options: Options, read: (path: string) => Promise<NamedPolicy>) {
  const kmsKey = options.text('kmsKey')
  const path = options.text('keyPolicy')
  if (kmsKey === undefined) {
    if (path !== undefined) throw usage('--key-policy is the policy of a key: name the key with --kms-key.')
    return undefined
  }
  if (parseArn(kmsKey)?.service !== 'kms') throw usage(`--kms-key takes the ARN of a key, not ${JSON.stringify(kmsKey)}.`)
  // A key without its policy cannot be judged, and saying "denied" would be a guess.
  if (path === undefined)
    throw usage(
      'What the key allows is in its policy: give it with --key-policy.',
      'aws kms get-key-policy --key-id KEY --policy-name default',
    )
  return { [kmsKey]: await read(path) }
}

function accountOf(options: Options, name: 'bucketOwner' | 'sourceOwner'): string | undefined {
  const account = options.text(name)
  if (account !== undefined && !/^\d{12}$/.test(account)) throw usage(`An account has 12 digits, not ${JSON.stringify(account)}.`)
  return account
}

/** `KEY=VALUE`, several times for a key with several values. */
function contextOf(texts: readonly string[]): RequestContext {
  const values = new Map<string, string[]>()
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) throw usage(`--context takes KEY=VALUE, not ${JSON.stringify(text)}.`)
    const key = text.slice(0, at)
    values.set(key, [...(values.get(key) ?? []), text.slice(at + 1)])
  }
  return Object.fromEntries(values)
}
