import type { Json, JsonObject } from '../../json.ts'
import type { Said } from '../../diagnosis/cause.ts'
import { said } from '../../diagnosis/said.ts'
import { parseArn } from '../../policy/arn.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import { objectIn } from '../answer.ts'
import type { Gathered } from '../cloud-evidence.ts'
import { readElsewhere } from '../notes.ts'
import { answered, isStrange, jsonOf, known, optionOf, refusalOf, textOf, valueOf } from '../seen.ts'
import type { EvidenceSubject } from '../subject.ts'
import type { Asked } from '../walk.ts'

const NO_POLICY: JsonObject = { Version: '2012-10-17', Statement: [] }

/** That something is not set is an answer, as each service says it. */
const UNSET: { readonly [id: string]: string } = {
  'bucket-policy': 'NoSuchBucketPolicy',
  'bucket-ownership': 'OwnershipControlsNotFoundError',
  'bucket-encryption': 'ServerSideEncryptionConfigurationNotFoundError',
  'bucket-public-access': 'NoSuchPublicAccessBlockConfiguration',
  'account-public-access': 'NoSuchPublicAccessBlockConfiguration',
  'access-point-policy': 'NoSuchAccessPointPolicy',
}

/** What the answers of the AWS CLI show of a connection. */
export function gatherAws(subject: EvidenceSubject, asked: readonly Asked[]): Gathered {
  const abroad = abroadIn(subject, asked)
  if (abroad !== undefined) return { documents: {}, observations: [], used: [], unknown: [], misplaced: abroad }
  const principal = principalIn(subject, asked)
  const usable = principal.isOurs ? asked : asked.filter(({ read }) => !isOfIdentity(read.id))
  const account = blockOf(usable)
  const documents = known({
    ...identityDocuments(usable),
    bucketPolicy: bucketPolicyIn(usable),
    ownership: ownershipIn(usable),
    encryption: objectIn(answered(usable, 'bucket-encryption')?.answer),
    publicAccessBlock: account,
    keyPolicies: keyPoliciesIn(usable),
  })
  return {
    documents,
    observations: [...principal.observations, ...observationsIn(usable)],
    ...(principal.observations.length === 0 ? {} : { isAbsent: ['trustPolicy', 'rolePolicies', 'boundary'] }),
    used: usable,
    unknown: usable.filter(isUnknown),
    ...(principal.misplaced === undefined ? {} : { misplaced: principal.misplaced }),
  }
}

/** `GetRole` … of the role, user or group, and what follows from it. */
function isOfIdentity(id: string): boolean {
  return /^(role|user|group|boundary|key-holder)/.test(id)
}

/** That another partition was read: it has buckets of its own, which bear the same names. */
function abroadIn({ roleArn }: EvidenceSubject, asked: readonly Asked[]): Said | undefined {
  const meant = parseArn(roleArn?.trim() ?? '')?.partition
  const caller = objectIn(answered(asked, 'caller')?.answer)?.['Arn']
  const read = parseArn(typeof caller === 'string' ? caller : '')?.partition
  if (roleArn === undefined || meant === undefined || read === undefined || meant === read) return undefined
  return said(
    `This was read in the partition ${read}, and the role is of ${meant}: nothing of it is taken. Read it once more, signed in there.`,
    `读取时登录的是分区 ${read},而角色属于 ${meant}:不采用任何内容。请登录该分区后重新读取。`,
  )
}

interface PrincipalSeen {
  /** Whether what was read is of the role or user that is meant, and not of one that bears its name elsewhere. */
  readonly isOurs: boolean
  readonly observations: readonly Json[]
  readonly misplaced?: Said
}

/**
 * Whether IAM was asked in the right account. Names of roles and users are of one account: what another answers about the same name is about
 * somebody else, and that it knows none proves nothing.
 */
function principalIn({ roleArn, principal }: EvidenceSubject, asked: readonly Asked[]): PrincipalSeen {
  const arn = (roleArn ?? principal)?.trim()
  const meant = parseArn(arn ?? '')
  if (arn === undefined || meant?.service !== 'iam') return OURS
  const account = objectIn(answered(asked, 'caller')?.answer)?.['Account']
  const one = asked.find(({ read }) => read.id === 'role' || read.id === 'user')
  const found = objectIn(one?.answer)?.['Arn']
  if (found === arn) return OURS
  if (account !== meant.account) return { isOurs: false, observations: [], misplaced: elsewhere(account, arn, meant.account) }
  const missing: Json = {
    operation: one?.read.id === 'user' ? 'GetUser' : 'GetRole',
    target: arn,
    ok: false,
    status: 404,
    code: 'NoSuchEntity',
  }
  if (typeof found !== 'string') return one !== undefined && codeOf(one) === 'NoSuchEntity' ? { ...OURS, observations: [missing] } : OURS
  // A role is asked for by its name alone: that its path is another shows in its ARN, and by the ARN that is meant there is none.
  const misplaced = said(`There is no ${arn} in the account; of that name there is ${found}.`, `账户中没有 ${arn};同名的是 ${found}。`)
  return { isOurs: false, observations: [missing], misplaced }
}

const OURS: PrincipalSeen = { isOurs: true, observations: [] }

function elsewhere(account: Json | undefined, arn: string, own: string): Said {
  if (typeof account !== 'string')
    return said(
      `In which account this was read is not known: what was read of ${arn} is left aside.`,
      `不知道是在哪个账户中读取的:关于 ${arn} 的读取结果不予采用。`,
    )
  return readElsewhere(account, arn, own)
}

/** The policies of the role or user, where all of them are known; its boundary; and the trust policy. */
function identityDocuments(asked: readonly Asked[]): { readonly [name: string]: Json | undefined } {
  const role = objectIn(answered(asked, 'role')?.answer)
  return {
    trustPolicy: policyIn(role?.['AssumeRolePolicyDocument']),
    boundary: policyIn(valueOf(asked, 'boundary-version')),
    rolePolicies: rolePoliciesIn(asked),
  }
}

const NAMES = /^(role|user|group)-(inline|attached)-names$|^user-groups$/
const POLICIES = /^(role|user|group)-(inline|policy-version)$/
const STEPS = /^(role|user|group)-policy$/

function rolePoliciesIn(asked: readonly Asked[]): Json | undefined {
  const lists = asked.filter(({ read }) => NAMES.test(read.id))
  const kinds = new Set(lists.map(({ read }) => read.id))
  const isWhole = ['role', 'user'].some((kind) => kinds.has(`${kind}-inline-names`) && kinds.has(`${kind}-attached-names`))
  const bodies = asked.filter(({ read }) => POLICIES.test(read.id)).map((one) => policyIn(jsonOf(one)))
  // Some of the policies are not all of them: what they lack the others may allow.
  const steps = asked.filter(({ read }) => STEPS.test(read.id))
  const isRead =
    lists.every((one) => one.isWhole && isListed(one)) && steps.every((one) => one.isWhole && objectIn(one.answer) !== undefined)
  const versions = asked.filter(({ read }) => read.id.endsWith('-policy-version')).length
  const shown = bodies.filter((body) => body !== undefined)
  return isWhole && isRead && steps.length === versions && shown.length === bodies.length ? shown : undefined
}

/** Whether an answer has the list that was asked for: without it, it does not say that there is nothing. */
function isListed({ answer }: Asked): boolean {
  const { PolicyNames: names, AttachedPolicies: attached, Groups: groups } = objectIn(answer) ?? {}
  return isList(names ?? attached ?? groups)
}

function bucketPolicyIn(asked: readonly Asked[]): Json | undefined {
  const one = asked.find(({ read }) => read.id === 'bucket-policy')
  if (one === undefined) return undefined
  return isUnset(one) ? NO_POLICY : policyIn(jsonOf(one))
}

function ownershipIn(asked: readonly Asked[]): string | undefined {
  const one = asked.find(({ read }) => read.id === 'bucket-ownership')
  if (one === undefined) return undefined
  // Buckets from before Object Ownership have ACLs.
  if (isUnset(one)) return 'ObjectWriter'
  return /"ObjectOwnership":\s*"(\w+)"/.exec(textOf(one) ?? '')?.[1]
}

/** Of the bucket's setting and the account's, the stricter holds. Only who is of the bucket's account may read its policy: then the account is its own. */
function blockOf(asked: readonly Asked[]): Json | undefined {
  const own = blockIn(asked.find(({ read }) => read.id === 'bucket-public-access'))
  const whole = blockIn(asked.find(({ read }) => read.id === 'account-public-access'))
  if (own === undefined || whole === undefined || bucketPolicyIn(asked) === undefined) return isOn(own) ? own : undefined
  return { RestrictPublicBuckets: isOn(own) || isOn(whole) }
}

function blockIn(one: Asked | undefined): JsonObject | undefined {
  if (one === undefined) return undefined
  if (isUnset(one)) return { RestrictPublicBuckets: false }
  const block = objectIn(one.answer)?.['PublicAccessBlockConfiguration']
  return isObject(block) && typeof block['RestrictPublicBuckets'] === 'boolean'
    ? { RestrictPublicBuckets: block['RestrictPublicBuckets'] }
    : undefined
}

function isOn(block: JsonObject | undefined): boolean {
  return block?.['RestrictPublicBuckets'] === true
}

function keyPoliciesIn(asked: readonly Asked[]): Json | undefined {
  const shown = asked
    .filter(({ read }) => read.id === 'key-policy')
    .flatMap((one): readonly (readonly [string, Json])[] => {
      const policy = policyIn(jsonOf(one))
      return policy === undefined ? [] : [[optionOf(one, '--key-id'), policy]]
    })
  return shown.length === 0 ? undefined : Object.fromEntries(shown)
}

/** Reads that the case format takes as what they are. */
const OBSERVED: { readonly [id: string]: string } = {
  key: 'DescribeKey',
  'key-grants': 'ListGrants',
  'bucket-payer': 'GetBucketRequestPayment',
  'bucket-owner': 'GetBucketAcl',
  'object-owner': 'GetObjectAcl',
  'access-point-policy': 'GetAccessPointPolicy',
}

function observationsIn(asked: readonly Asked[]): readonly Json[] {
  return asked.flatMap((one): readonly Json[] => {
    if (one.read.id === 'role' || one.read.id === 'user') return withoutBoundary(one)
    const operation = OBSERVED[one.read.id]
    const message = textOf(one)
    if (operation === undefined || message === undefined || jsonOf(one) === undefined) return []
    const { bucket, object, point } = one.values
    const place = one.read.id.startsWith('key')
      ? optionOf(one, '--key-id')
      : one.read.id === 'access-point-policy'
        ? point
        : `s3://${bucket ?? ''}`
    const target = one.read.id === 'object-owner' ? `${place ?? ''}/${object ?? ''}` : place
    return [{ operation, ok: true, message, ...(target === undefined ? {} : { target }) }]
  })
}

/** That a role or user has no boundary. */
function withoutBoundary(one: Asked): readonly Json[] {
  const { Arn: arn, PermissionsBoundary: boundary } = objectIn(one.answer) ?? {}
  if (typeof arn !== 'string' || boundary !== null) return []
  const operation = one.read.id === 'role' ? 'GetRole' : 'GetUser'
  return [{ operation, target: arn, ok: true, message: JSON.stringify({ Arn: arn, PermissionsBoundary: null }) }]
}

/** `An error occurred (NoSuchEntity) when calling the GetRole operation: …` */
function codeOf(one: Asked): string | undefined {
  return /An error occurred \((\w+)\)/.exec(refusalOf(one) ?? '')?.[1]
}

function isUnset(one: Asked): boolean {
  const code = codeOf(one)
  return code !== undefined && code === UNSET[one.read.id]
}

/** Whether a read left something open: it was refused, was not made, or its answer is none that such a read has. */
function isUnknown(one: Asked): boolean {
  if (isUnset(one) || (codeOf(one) === 'NoSuchEntity' && (NAMES.test(one.read.id) || /^(role|user)$/.test(one.read.id)))) return false
  if (isStrange(one)) return true
  return isPolicy(one.read.id) ? policyIn(jsonOf(one)) === undefined : objectIn(one.answer) === undefined
}

function isPolicy(id: string): boolean {
  return POLICIES.test(id) || /^(bucket-policy|key-policy|access-point-policy|boundary-version)$/.test(id)
}

/** A policy document; undefined for what is none. */
function policyIn(value: Json | undefined): JsonObject | undefined {
  return isObject(value) && value['Statement'] !== undefined ? value : undefined
}
