import type { Json, JsonObject } from '../../json.ts'
import type { Said } from '../../diagnosis/cause.ts'
import { objectsIn, parsedJson } from '../../diagnosis/json-text.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import { objectIn } from '../answer.ts'
import type { Gathered } from '../cloud-evidence.ts'
import { readElsewhere } from '../notes.ts'
import { answered, isStrange, jsonOf, known, refusalOf, textOf, valueOf } from '../seen.ts'
import type { EvidenceSubject } from '../subject.ts'
import type { Asked } from '../walk.ts'

const NO_POLICY: JsonObject = { Version: '1', Statement: [] }

/** What the answers of the Alibaba Cloud CLI show of a connection. */
export function gatherAliyun(subject: EvidenceSubject, asked: readonly Asked[]): Gathered {
  const misplaced = misplacedIn(subject, asked)
  const used = misplaced === undefined ? asked : asked.filter(({ read }) => !OF_IDENTITY.test(read.id))
  const bucketPolicy = bucketPolicyIn(used.find(({ read }) => read.id === 'bucket-policy'))
  return {
    documents: known({
      trustPolicy: policyIn(valueOf(used, 'role'), 'AssumeRolePolicyDocument'),
      ramPolicies: ramPoliciesIn(used),
      bucketPolicy,
    }),
    observations: ownerIn(used),
    // What the policies of the role or user do not give, the bucket's may.
    ...(bucketPolicy === undefined ? { isPartial: true } : {}),
    used,
    unknown: used.filter(isUnknown),
    ...(misplaced === undefined ? {} : { misplaced }),
  }
}

const OF_IDENTITY = /^(role|user|group|policy)/
const LISTS = /^(role|user|group)-(policies|groups)$/

/** Whether RAM was asked in another account than that of the role or user: names are of one account. */
function misplacedIn({ roleArn, principal }: EvidenceSubject, asked: readonly Asked[]): Said | undefined {
  const arn = (roleArn ?? principal)?.trim()
  const own = /^acs:ram::(\d+):/i.exec(arn ?? '')?.[1]
  if (arn === undefined || own === undefined) return undefined
  const caller = valueOf(asked, 'caller')
  const account = isObject(caller) ? caller['AccountId'] : undefined
  if (account === own) return undefined
  const shown = typeof account === 'string' ? account : '?'
  return readElsewhere(shown, arn, own)
}

/** The policies of the role or user, where all of them are known. */
function ramPoliciesIn(asked: readonly Asked[]): Json | undefined {
  const lists = asked.filter(({ read }) => LISTS.test(read.id))
  const bodies = asked.filter(({ read }) => read.id === 'policy').map((one) => policyIn(jsonOf(one), 'PolicyDocument'))
  const shown = bodies.filter((body) => body !== undefined)
  const isKnown =
    lists.length > 0 && lists.every((one) => !isStrange(one) && objectsIn(jsonOf(one)).some(({ Policy, Group }) => isList(Policy ?? Group)))
  return isKnown && shown.length === bodies.length ? shown : undefined
}

/** The policy; behind it the client prints how long it took. */
function bucketPolicyIn(one: Asked | undefined): JsonObject | undefined {
  if (one === undefined) return undefined
  if (isUnset(one)) return NO_POLICY
  const text = textOf(one) ?? ''
  return policyIn(parsedJson(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)), 'Policy')
}

function isUnset(one: Asked): boolean {
  return one.read.id === 'bucket-policy' && /\bNoSuchBucketPolicy\b/.test(refusalOf(one) ?? '')
}

/** Who owns the bucket, and who asked. */
function ownerIn(asked: readonly Asked[]): readonly Json[] {
  const one = answered(asked, 'bucket')
  const owner = /^Owner\s*:\s*(\d+)\s*$/m.exec((one === undefined ? undefined : textOf(one)) ?? '')?.[1]
  if (owner === undefined) return []
  return [
    { operation: 'GetBucketInfo', target: `oss://${one?.values['bucket'] ?? ''}`, ok: true, message: `<Owner><ID>${owner}</ID></Owner>` },
  ]
}

function isUnknown(one: Asked): boolean {
  if (isUnset(one)) return false
  if (isStrange(one)) return true
  if (one.read.id === 'bucket') return !/^Owner\s*:/m.test(textOf(one) ?? '')
  if (one.read.id === 'bucket-policy') return bucketPolicyIn(one) === undefined
  return objectIn(one.answer) === undefined
}

/** The policy document in an answer, which RAM gives as text. */
function policyIn(value: Json | undefined, name: string): JsonObject | undefined {
  for (const one of objectsIn(value)) {
    if (one['Statement'] !== undefined) return one
    const text = one[name]
    const inner = typeof text === 'string' ? parsedJson(text) : undefined
    if (isObject(inner) && inner['Statement'] !== undefined) return inner
  }
  return undefined
}
