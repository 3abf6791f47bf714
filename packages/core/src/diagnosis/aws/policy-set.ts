import type { Json } from '../../json.ts'
import { compile, type CompiledPolicy } from '../../policy/compile.ts'
import { parsePolicy } from '../../policy/parse.ts'
import type { PolicyKind } from '../../policy/parsed.ts'
import { publicStatements } from '../../policy/public.ts'
import type { S3Need } from '../../policy/s3-call.ts'
import type { AccessQuestion, PolicyDocument, PolicyLayer, PolicySet, Principal } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { statementsOf } from '../statement-patch.ts'
import { crossAccount } from './bucket-owner.ts'
import { grantedOperations } from './grants.ts'
import { keysKnown } from './known-keys.ts'
import { settled, type Mood } from './open-conditions.ts'
import { ANYTHING, ANYTHING_TO_ANYBODY, at, documentsOf, prepared, type NamedDocument } from './policies.ts'
import { accountOf, arnOf, isNamed } from './subject.ts'

/** A question without its policies. */
export type Question = Omit<AccessQuestion, 'policies'> & {
  readonly service: S3Need['service']
  /** Whether it is asked from outside of any VPC, so that its conditions do not hold. */
  readonly outsideVpc?: boolean
}

const COMPILED: Slot<Map<string, CompiledPolicy | undefined>> = { name: 'compiled policies' }
const SETS: Slot<Map<string, PolicySet>> = { name: 'policy sets' }

/**
 * The policies that decide a question: those that were shown, in one mood or the other, and for each layer that was not one that allows
 * everything, so that only what is shown can deny.
 */
export function policiesFor(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood): PolicySet {
  const { principal, service, resource, context, outsideVpc } = question
  // Which keys are known depends on the principal and on what the context names, and so does what a document comes to.
  const manner = [mood, service, outsideVpc === true, principal.kind, isNamed(principal), ...Object.keys(context)].join(' ')
  const sets = facts.memo(SETS, documents, () => new Map<string, PolicySet>())
  const key = service === 'kms' ? `${manner} ${resource} ${accountOf(principal) ?? ''}` : manner
  const set = sets.get(key) ?? setFor(question, facts, documents, mood, manner)
  sets.set(key, set)
  return set
}

function setFor(question: Question, facts: Facts, documents: CaseDocuments, mood: Mood, manner: string): PolicySet {
  const known = keysKnown({
    principal: question.principal,
    context: question.context,
    isNamed: isNamed(question.principal),
    knowsOwner: question.service === 'kms' || crossAccount(facts) === 'no',
    throughS3: question.service === 'kms',
    outsideVpc: question.outsideVpc === true,
  })
  const compiled = ([name, document]: NamedDocument, kind: PolicyKind): CompiledPolicy | undefined => {
    const all = facts.memo(COMPILED, document, () => new Map<string, CompiledPolicy | undefined>())
    const key = `${manner} ${name}`
    if (!all.has(key)) all.set(key, prepared(name, settled(document, known, mood), kind))
    return all.get(key)
  }
  const layer = (of: PolicyLayer, kind: PolicyKind = 'identity'): readonly CompiledPolicy[] | undefined => {
    const all = documentsOf(of, documents).map((one) => compiled(one, kind))
    const usable = all.filter((one) => one !== undefined)
    return usable.length < all.length ? undefined : usable
  }
  const [boundary] = layer('boundary') ?? []
  const session = layer('session') ?? []
  const [endpoint] = question.service === 'kms' ? [] : (layer('vpc-endpoint', 'resource') ?? [])
  const scps = documents.scps === undefined ? undefined : layer('scp')
  const rcps = documents.rcps === undefined ? undefined : layer('rcp', 'resource')
  return {
    identity: (documents.rolePolicies === undefined ? undefined : layer('identity')) ?? [compiledUnknown(facts, ANYTHING, 'identity')],
    ...(boundary === undefined ? {} : { boundary }),
    ...(session.length === 0 ? {} : { session }),
    ...resourcePart(question, facts, documents, compiled),
    ...(scps === undefined ? {} : { scps: [withFull(scps, compiledUnknown(facts, ANYTHING, 'identity'))] }),
    ...(rcps === undefined ? {} : { rcps: [withFull(rcps, compiledUnknown(facts, ANYTHING_TO_ANYBODY, 'resource'))] }),
    ...(endpoint === undefined ? {} : { vpcEndpoint: endpoint }),
  }
}

function resourcePart(
  { service, resource, principal, resourceAccount }: Question,
  facts: Facts,
  documents: CaseDocuments,
  compiled: (document: NamedDocument, kind: PolicyKind) => CompiledPolicy | undefined,
): Pick<PolicySet, 'resource' | 'resourceRule'> {
  if (service === 's3') {
    const own = documents.bucketPolicy === undefined ? undefined : compiled([at.bucketPolicy, documents.bucketPolicy], 'resource')
    const { publicAccessBlock: block } = documents
    if (own !== undefined)
      return {
        resource: own,
        ...(isOn(block?.['RestrictPublicBuckets']) && isPublic(documents.bucketPolicy) ? { restrictPublicBuckets: true } : {}),
      }
    return crossAccount(facts) === 'yes' ? { resource: compiledUnknown(facts, ANYTHING_TO_ANYBODY, 'resource') } : {}
  }
  const shown = documents.keyPolicies?.[resource]
  const granted = shown === undefined ? undefined : withGrants(shown, resource, principal, facts)
  const own = granted === undefined ? undefined : compiled([at.keyPolicy(resource), granted], 'resource')
  if (own !== undefined) return { resource: own, resourceRule: 'kms-key' }
  // A key has a policy, whether it was shown or not: one that was not leaves everything to the identity.
  const account = accountOf(principal) ?? resourceAccount
  const left = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }] }
  return { resource: { name: 'unknown', document: left }, resourceRule: 'kms-key' }
}

const GRANTED: Slot<PolicyDocument> = { name: 'key policies with their grants' }

/** The policy of a key with what its grants allow the caller: they need no policy, and no policy of the identity either. */
function withGrants(document: PolicyDocument, key: string, principal: Principal, facts: Facts): PolicyDocument {
  const arn = arnOf(principal)
  const operations = arn === undefined ? [] : grantedOperations(key, arn, facts)
  if (arn === undefined || operations.length === 0) return document
  return facts.memo(GRANTED, document, () => ({
    ...document,
    Statement: [
      ...statementsOf(document),
      { Effect: 'Allow', Principal: { AWS: arn }, Action: operations.map((operation) => `kms:${operation}`), Resource: '*' },
    ],
  }))
}

/** Whether a policy as it stands is public; with the conditions that stay open taken out of it, it may look so. */
function isPublic(document: PolicyDocument | undefined): boolean {
  const parsed = document === undefined ? undefined : parsePolicy(document, 'resource')
  return parsed?.ok === true && publicStatements(parsed.policy).length > 0
}

function isOn(setting: Json | undefined): boolean {
  return setting === true || (typeof setting === 'string' && setting.toLowerCase() === 'true')
}

const STAND_IN: Slot<CompiledPolicy> = { name: 'policies that stand in' }

function compiledUnknown(facts: Facts, document: PolicyDocument, kind: PolicyKind): CompiledPolicy {
  return facts.memo(STAND_IN, document, () => compile({ name: 'unknown', document }, kind))
}

/** Guard rails that only deny were shown without the full-access policy that AWS attaches beside them. */
function withFull(policies: readonly CompiledPolicy[], full: CompiledPolicy): readonly CompiledPolicy[] {
  const allows = policies.some(({ parsed }) => parsed.statements.some(({ effect }) => effect === 'Allow'))
  return allows ? policies : [...policies, full]
}
