import type { PatchStep } from '../../finding.ts'
import type { JsonObject } from '../../json.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Decision, PolicyDocument } from '../../policy/types.ts'
import type { Explanation, Said } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { pointer } from '../statement-patch.ts'
import { OPENED, said } from '../said.ts'
import { changeOf } from './change.ts'
import { exemptions } from './exempting.ts'
import { adding, conditioning, statementAt, statementPath, valuesOf } from '../statement-patch.ts'
import { at, documentsOf, withPatched } from './policies.ts'
import { accountOf, arnOf, NEIGHBOUR_ACCOUNT, neighbourIn, principalOf } from './subject.ts'
import { askTrust, askerWith, namedStrangers, NOBODYS, ownAsker, type Asker } from './trust.ts'
import { trustChange } from './trust-change.ts'

/** What of a trust keeps us out. */
export type TrustGap = 'aws.sts.trust_principal' | 'aws.sts.trust_orphan' | 'aws.sts.external_id' | 'aws.sts.rcp'

interface Found {
  readonly gap: TrustGap
  readonly explanation: Explanation
}

/**
 * Which gap a trust policy that was shown has, and how to close it. `open`: it hangs on a condition that nobody showed; `none`: it lets us in.
 * Undefined where the documents do not say.
 */
export function trustGap(facts: Facts, observed: boolean): Found | 'open' | 'none' | undefined {
  const asker = ownAsker(facts)
  if (asker === undefined) return gapOfStrangers(facts)
  const answer = askTrust(facts, asker)
  if (answer === undefined) return undefined
  if (!answer.decision.allowed)
    return answer.decision.layer === 'rcp' ? guardGap(facts, asker, answer.decision, true) : policyGap(facts, asker, answer.decision)
  if (answer.strict.allowed) return 'none'
  // Everything else lets us in, and we were refused: it is the guard rail, whose condition is on something that nobody showed.
  return answer.strict.layer === 'rcp' ? guardGap(facts, asker, answer.strict, observed) : 'open'
}

/** Nobody said who we are: an external id that none of those fulfils whom the policy trusts is wrong all the same. */
function gapOfStrangers(facts: Facts): Found | undefined {
  const { externalId } = facts.connection
  const strangers = namedStrangers(facts)
  if (externalId === undefined || strangers.length === 0) return undefined
  const answers = strangers.map((principal) => askTrust(facts, askerWith(principal, externalId)))
  const misses = answers.map((answer) =>
    answer === undefined || answer.decision.allowed ? undefined : nearestTrust(answer.decision, facts),
  )
  const [first] = misses
  if (first === undefined || !misses.every((near) => near?.gap === 'aws.sts.external_id')) return undefined
  return { gap: 'aws.sts.external_id', explanation: { fits: 'named', for: [first.detail] } }
}

function policyGap(facts: Facts, asker: Asker, decision: Decision): Found {
  const document = facts.documents.trustPolicy ?? {}
  const near = nearestTrust(decision, facts)
  const gap = near?.gap ?? 'aws.sts.trust_principal'
  const ways = waysFor(gap, document, near, facts, asker)
  const chosen = ways.find((steps) => isRight(steps, gap, facts, asker))
  const towards = chosen ?? ways[0]
  return {
    gap,
    explanation: {
      fits: chosen === undefined ? 'named' : 'proved',
      for: [
        near?.detail ?? said('No statement of the trust policy lets anybody in.', '信任策略中没有任何允许担任该角色的语句。'),
        ...(chosen === undefined ? [] : [OPENED]),
      ],
      values: trustValues(facts),
      ...(towards === undefined ? {} : { patch: { document: at.trustPolicy, steps: towards }, ...trustChange(gap, facts) }),
    },
  }
}

/** A guard rail of the organization; its patch excepts us alone, and for assuming roles alone. */
export function guardGap(facts: Facts, asker: Asker, { decidedBy }: Decision, sure: boolean): Found {
  const name = decidedBy?.policy ?? ''
  const document = new Map(documentsOf('rcp', facts.documents)).get(name)
  const arn = arnOf(principalOf(facts.connection.principal)) ?? arnOf(asker.principal)
  const role = facts.connection.roleArn ?? '*'
  const ways =
    document === undefined || arn === undefined || decidedBy === undefined
      ? []
      : exemptions(document, decidedBy.index, arn, [{ action: asker.action, resource: role }], 'any-service')
  const steps = ways.find((way) => askTrust(facts, asker, withPatched(facts.documents, name, way))?.strict.allowed === true)
  return {
    gap: 'aws.sts.rcp',
    explanation: {
      fits: !sure ? 'possible' : steps === undefined ? 'named' : 'proved',
      for: [
        said(`${name} denies ${asker.action} to principals outside the organization.`, `${name} 拒绝组织以外的主体执行 ${asker.action}。`),
      ],
      values: trustValues(facts),
      ...(steps === undefined ? {} : { patch: { document: name, steps }, linesFor: changeOf(name, facts) }),
    },
  }
}

/** Whether a change lets us in with our id, and us without it, or others, no more than before. */
function isRight(steps: readonly PatchStep[], gap: TrustGap, facts: Facts, asker: Asker): boolean {
  const { documents, connection } = facts
  const changed = withPatched(documents, at.trustPolicy, steps)
  const allows = (who: Asker, by = changed): boolean => askTrust(facts, who, by)?.decision.allowed === true
  const opens = (who: Asker): boolean => allows(who) && !allows(who, documents)
  // Whoever of our account the statement names already, it named before: only the id is another.
  const namesAccount = gap === 'aws.sts.external_id' || principalOf(connection.principal)?.kind === 'root'
  const accounts = [NEIGHBOUR_ACCOUNT, ...(namesAccount ? [] : [accountOf(asker.principal) ?? ''])]
  const others = accounts.map((id) => askerWith(neighbourIn(id), connection.externalId))
  const unproven = connection.externalId === undefined ? [] : [undefined, NOBODYS].map((id) => askerWith(asker.principal, id))
  return allows(asker) && ![...others, ...unproven].some(opens)
}

interface Near {
  readonly index: number
  readonly gap: TrustGap
  readonly isDeny: boolean
  readonly detail: Said
}

/** The statement that comes nearest to letting us in, or that keeps us out. */
function nearestTrust({ explanation = [], effect, decidedBy }: Decision, { documents }: Facts): Near | undefined {
  const own = explanation.filter(({ layer }) => layer === 'resource')
  if (effect === 'explicit-deny') {
    const index = decidedBy?.index ?? 0
    return {
      index,
      gap: 'aws.sts.trust_principal',
      isDeny: true,
      detail: said(`Statement ${index} of the trust policy denies it.`, `信任策略的语句 ${index} 拒绝了它。`),
    }
  }
  const misses = own
    .filter((one) => one.effect === 'Allow' && !one.matches)
    .map((one) => ({ one, weight: weightOf(one.mismatches) + strangeness(documents.trustPolicy, one.index) }))
  const [nearest] = misses.toSorted((a, b) => a.weight - b.weight)
  if (nearest === undefined) return undefined
  const { one } = nearest
  const principal = one.mismatches.find(({ part }) => part === 'principal')
  const isOrphan = /"(AROA|AIDA)[A-Z0-9]+"/.test(JSON.stringify(principal?.expected ?? null))
  const onlyId = one.mismatches.every(({ key }) => isId(key))
  // The id itself is not repeated: whoever reads the report has it from the setup.
  const words = one.mismatches
    .map(({ key, detail }) => (isId(key) ? 'its condition on sts:ExternalId does not hold for the id of this connection' : detail))
    .join('; ')
  return {
    index: one.index,
    gap: onlyId ? 'aws.sts.external_id' : isOrphan ? 'aws.sts.trust_orphan' : 'aws.sts.trust_principal',
    isDeny: false,
    detail: said(
      `Statement ${one.index} of the trust policy: ${words}.`,
      onlyId ? `信任策略语句 ${one.index}:sts:ExternalId 条件与此连接的外部 ID 不符。` : `信任策略语句 ${one.index} 不匹配:${words}。`,
    ),
  }
}

function isId(key: string | undefined): boolean {
  return key?.toLowerCase() === 'sts:externalid'
}

/** A statement for a service, or one that asks for no id, was not meant for us. */
function strangeness(document: PolicyDocument | undefined, index: number): number {
  const statement = document === undefined ? undefined : statementAt(document, index)
  const principal = statement?.['Principal']
  return (
    (isObject(principal) && principal['AWS'] !== undefined ? 0 : 2) +
    (/externalid/i.test(JSON.stringify(statement?.['Condition'] ?? '')) ? 0 : 1)
  )
}

function weightOf(mismatches: readonly { readonly part: string; readonly key?: string }[]): number {
  return mismatches.reduce((sum, { part, key }) => sum + (isId(key) ? 1 : part === 'condition' ? 2 : part === 'principal' ? 3 : 10), 0)
}

/** The changes that close a gap, the smallest first. */
function waysFor(
  gap: TrustGap,
  document: PolicyDocument,
  near: Near | undefined,
  facts: Facts,
  asker: Asker,
): readonly (readonly PatchStep[])[] {
  const ours = principalText(facts) ?? arnOf(asker.principal)
  const { externalId } = facts.connection
  const statement = near === undefined ? undefined : statementAt(document, near.index)
  const whole = ours === undefined ? [] : [adding(document, statementForUs(ours, externalId))]
  if (near === undefined || statement === undefined) return whole
  if (near.isDeny)
    return ours === undefined ? [] : exemptions(document, near.index, ours, [{ action: asker.action, resource: '*' }], 'one-service')
  if (gap === 'aws.sts.external_id')
    return externalId === undefined
      ? []
      : [idSteps(document, near.index, statement, externalId), ...whole].filter((steps) => steps.length > 0)
  return ours === undefined ? [] : [...principalSteps(document, near.index, statement, ours), ...whole]
}

function statementForUs(ours: string, externalId: string | undefined): JsonObject {
  return {
    Effect: 'Allow',
    Principal: { AWS: ours },
    Action: 'sts:AssumeRole',
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  }
}

function principalText({ connection }: Facts): string | undefined {
  const principal = principalOf(connection.principal)
  return principal?.kind === 'root' ? `arn:${principal.partition ?? 'aws'}:iam::${principal.accountId}:root` : arnOf(principal)
}

/** The connection's id in the place of the one that is there; beside the others where there are several. */
function idSteps(document: PolicyDocument, index: number, statement: JsonObject, externalId: string): readonly PatchStep[] {
  const condition = statement['Condition']
  if (!isObject(condition)) return []
  const path = `${statementPath(document, index)}/Condition`
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).flatMap(([key, values]): readonly PatchStep[] => {
          if (!isId(key)) return []
          const own = `${path}/${pointer(operator)}/${pointer(key)}`
          return isList(values) && values.length > 1
            ? [{ op: 'add', path: `${own}/-`, value: externalId }]
            : [{ op: 'replace', path: own, value: externalId }]
        })
      : [],
  )
}

/** Ourselves in the place of what was meant to be us; beside the others where it was not. */
function principalSteps(document: PolicyDocument, index: number, statement: JsonObject, ours: string): readonly (readonly PatchStep[])[] {
  const path = `${statementPath(document, index)}/Principal`
  const principal = statement['Principal']
  if (!isObject(principal)) return principal === undefined ? [[{ op: 'add', path, value: { AWS: ours } }]] : []
  const named = principal['AWS']
  if (named === undefined) return []
  const meant = valuesOf(named).findIndex((value) => isMeant(value, ours))
  const isSeveral = isList(named)
  const replaced: readonly PatchStep[] =
    meant === -1 ? [] : [{ op: 'replace', path: isSeveral ? `${path}/AWS/${meant}` : `${path}/AWS`, value: ours }]
  const beside: readonly PatchStep[] = isSeveral
    ? [{ op: 'add', path: `${path}/AWS/-`, value: ours }]
    : [{ op: 'replace', path: `${path}/AWS`, value: [named, ours] }]
  const narrowed = conditioned(document, index, statement, ours)
  return [...(narrowed.length === 0 ? [] : [narrowed]), ...(replaced.length === 0 ? [] : [replaced]), beside]
}

/** Our ARN in the condition that narrows a trust in our account. */
function conditioned(document: PolicyDocument, index: number, statement: JsonObject, ours: string): readonly PatchStep[] {
  const condition = statement['Condition']
  if (!isObject(condition)) return []
  const operator = Object.entries(condition).find(
    ([, keys]) => isObject(keys) && Object.keys(keys).some((key) => key.toLowerCase() === 'aws:principalarn'),
  )?.[0]
  return operator === undefined || /Not/.test(operator) ? [] : conditioning(document, index, operator, 'aws:PrincipalArn', ours)
}

/** Whether a principal is what is left of us: the id of one that was deleted, another of our account, or ours but for its account or path. */
function isMeant(value: string, ours: string): boolean {
  if (/^(AROA|AIDA)[A-Z0-9]+$/.test(value)) return true
  const theirs = principalOf(value)
  if (theirs === undefined) return false
  const name = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)
  return accountOf(theirs) === accountOf(principalOf(ours)) || (value.includes('/') && name(value) === name(ours))
}

/** Values for the texts about trust. */
export function trustValues(facts: Facts): { readonly [name: string]: string } {
  const { roleArn, principal } = facts.connection
  const account = accountOf(principalOf(principal))
  return {
    ...(roleArn === undefined ? {} : { role: roleArn, name: roleArn.slice(roleArn.lastIndexOf('/') + 1) }),
    ...(principal === undefined ? {} : { principal }),
    ...(account === undefined ? {} : { account }),
  }
}
