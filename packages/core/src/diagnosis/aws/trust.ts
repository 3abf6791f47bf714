import { evaluate } from '../../policy/evaluate.ts'
import { isObject } from '../../policy/shapes.ts'
import type { Decision, PolicySet, Principal, RequestContext } from '../../policy/types.ts'
import type { CaseDocuments } from '../case.ts'
import type { Facts } from '../facts.ts'
import { keysKnown } from './known-keys.ts'
import { settled, type Mood } from './open-conditions.ts'
import { statementsOf, valuesOf } from '../statement-patch.ts'
import { ANYTHING, ANYTHING_TO_ANYBODY, at, prepared } from './policies.ts'
import { accountOf, asAssumer, assumerOf, isNamed, principalOf } from './subject.ts'

/** Who asks for the role, and with what. */
export interface Asker {
  readonly principal: Principal
  readonly action: 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity'
  readonly context: RequestContext
  /** Condition keys, in lower case, that are known to be absent where the context does not have them. */
  readonly known: readonly string[]
}

/** What the trust policy, and the organization's guard rails of resources, say to somebody who asks for the role. */
export interface TrustDecision {
  /** With every condition on what nobody showed turning out for the request. */
  readonly decision: Decision
  /** And against it. */
  readonly strict: Decision
}

/** Asks the trust policy of a case; undefined where it was not shown, or is none that AWS would have accepted. */
export function askTrust(facts: Facts, asker: Asker, documents: CaseDocuments = facts.documents): TrustDecision | undefined {
  const { trustPolicy, rcps = [] } = documents
  if (trustPolicy === undefined) return undefined
  const role = facts.connection.roleArn?.trim() ?? 'arn:aws:iam::000000000000:role/sluice-role'
  const base = keysKnown({ principal: asker.principal, context: asker.context, isNamed: isNamed(asker.principal), knowsOwner: true })
  const isKnown = (key: string): boolean => base(key) || asker.known.includes(key)
  const ask = (mood: Mood): Decision | undefined => {
    const trust = prepared(at.trustPolicy, settled(trustPolicy, isKnown, mood), 'trust')
    const guards = rcps
      .map((document, index) => prepared(at.rcp(index), settled(document, isKnown, mood), 'resource'))
      .filter((one) => one !== undefined)
    if (trust === undefined) return undefined
    const policies: PolicySet = {
      identity: [{ name: 'unknown', document: ANYTHING }],
      resource: trust,
      resourceRule: 'trust',
      ...(guards.length === 0 ? {} : { rcps: [[...guards, { name: 'unknown', document: ANYTHING_TO_ANYBODY }]] }),
    }
    const { principal, action, context } = asker
    return evaluate({ principal, action, resource: role, resourceAccount: role.split(':')[4] ?? '', context, policies }, { explain: true })
  }
  const decision = ask('lenient')
  const strict = ask('strict')
  return decision === undefined || strict === undefined ? undefined : { decision, strict }
}

/** An id that nobody was given. */
export const NOBODYS = 'sluice-an-id-that-nobody-was-given'

const EXTERNAL_ID = 'sts:ExternalId'

/** Ourselves, with this external id; `undefined` is without one. */
export function askerWith(principal: Principal, externalId: string | undefined): Asker {
  return {
    principal,
    action: 'sts:AssumeRole',
    context: externalId === undefined ? {} : { [EXTERNAL_ID]: externalId },
    known: [EXTERNAL_ID.toLowerCase()],
  }
}

/** Ourselves as the case has us: which external id we send is not known where it does not say. */
export function ownAsker(facts: Facts): Asker | undefined {
  const principal = assumerOf(facts)
  if (principal === undefined) return undefined
  const { externalId } = facts.connection
  return externalId === undefined ? { principal, action: 'sts:AssumeRole', context: {}, known: [] } : askerWith(principal, externalId)
}

/** Principals of other accounts that a trust policy names: one of them is us, where the case does not say who we are. */
export function namedStrangers({ documents, connection }: Facts): readonly Principal[] {
  const own = accountOf(principalOf(connection.roleArn))
  return statementsOf(documents.trustPolicy ?? {}).flatMap((statement) => {
    const principal = isObject(statement) ? statement['Principal'] : undefined
    const named = isObject(principal) ? valuesOf(principal['AWS']) : []
    return named.flatMap((value): readonly Principal[] => {
      const one = asAssumer(principalOf(value))
      return one === undefined || accountOf(one) === own ? [] : [one]
    })
  })
}
