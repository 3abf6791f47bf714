import { isList, isObject } from '../../policy/shapes.ts'
import type { PatchStep } from '../../finding.ts'
import type { PolicyDocument, RequestContext } from '../../policy/types.ts'
import type { RamDecision, RamQuestion } from '../../ram/types.ts'
import type { Explanation, Text } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { patched } from '../patched.ts'
import { OPENED, said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { adding, statementAt, valuesOf as textsOf } from '../statement-patch.ts'
import { changeOf } from './change.ts'
import { at, decide, usable } from './judge.ts'
import { refusedToken } from './oidc-trust.ts'
import { isWithoutId, operationName } from './operations.ts'
import { meetingCondition } from './patches.ts'
import { assumerOf } from './subject.ts'

/** What can keep us from a session of the role, by the codes of their causes. */
export type TrustGap = 'oss.trust' | 'oss.extid' | 'oss.caller' | 'oss.role_missing' | 'oss.oidc'

type Gaps = { readonly [gap in TrustGap]?: Explanation }

const SLOT: Slot<Gaps> = { name: 'aliyun.trust' }
const ANY: PolicyDocument = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** How a gap stands to a refusal. */
export function trustGap(gap: TrustGap): (failure: Failure, facts: Facts) => Explanation | undefined {
  return (failure, facts) => facts.memo(SLOT, failure, () => gapsOf(failure, facts))[gap]
}

function gapsOf(failure: Failure, facts: Facts): Gaps {
  const { clue } = failure
  const speech = speechOf(failure)
  const values = trustValues(facts)
  const open = (gap: TrustGap, evidence: Text, likelihood = 0): Gaps => ({
    [gap]: { fits: 'possible', for: [evidence], values, likelihood },
  })
  const sure = (gap: TrustGap, evidence: Text): Gaps => ({ [gap]: { fits: 'named', for: [evidence], values } })
  if (/EntityNotExist\.Role|role not exists?|specified role .{0,60}(does not|not) exist/i.test(speech))
    return sure('oss.role_missing', said('STS says that there is no such role.', 'STS 表示没有该角色。'))
  const refused = clue.code === 'AuthenticationFail.NoPermission' ? refusedToken(facts) : undefined
  if (refused !== undefined) return { 'oss.oidc': { ...refused, values } }
  if (TIMED.test(speech))
    return open('oss.oidc', said('The answer says that the token is not valid, or not any more.', '响应称令牌无效或已过期。'))
  if (/AuthenticationFail\.|OIDC ?(Token|Provider)/i.test(speech))
    return sure('oss.oidc', said('The answer is about the token or its provider.', '响应涉及令牌或其提供商。'))
  if (/not be assumed by root/i.test(speech))
    return sure('oss.caller', said('STS lets no account itself assume a role.', 'STS 不允许主账号担任角色。'))
  // Of the organization of the caller: it is for another cause to say.
  if (!isAssume(failure) || clue.code !== 'NoPermission' || clue.layer === 'scp') return {}
  if (clue.layer === 'identity')
    return sure('oss.caller', said('The detail of the answer names a policy of the caller.', '响应详情指向调用方的策略。'))
  const decision = trustDecision(facts, facts.connection.externalId)
  const conditional = decision?.allowed === false && clue.layer !== 'trust' && isConditional(decision, facts)
  if (decision?.allowed === false && decision.layer === 'resource' && !conditional) return fromTrust(decision, facts)
  const evidence =
    clue.layer === 'trust'
      ? said('The detail of the answer names the trust policy of the role.', '响应详情指向角色的信任策略。')
      : said('STS refuses without saying why.', 'STS 拒绝且未说明原因。')
  const caller = clue.layer === 'trust' ? {} : open('oss.caller', evidence)
  // A trust policy that was shown and lets us in is not at fault.
  if (decision?.allowed === true && clue.layer !== 'trust')
    return sure('oss.caller', said('The trust policy that was shown lets us in.', '所提供的信任策略允许我们。'))
  const isIdSettled = conditional && facts.connection.externalId !== undefined
  return { ...open('oss.trust', evidence, 2), ...(isIdSettled ? {} : open('oss.extid', evidence, 1)), ...caller }
}

/** Our tokens are made for each request: one that is not valid yet, or not any more, may as well be due to a clock. */
export const TIMED = /AuthenticationFail\.OIDCToken\.(Expired|Invalid)\b/

/** Whether the trust policy names us, with the right id, under conditions that the case does not tell of: an address, a time, an id that nobody said. */
export function isConditional({ explanation = [] }: RamDecision, { connection }: Pick<Facts, 'connection'>): boolean {
  const isIdKnown = connection.externalId !== undefined
  return explanation.some(
    ({ effect, matches, mismatches }) =>
      effect === 'Allow' &&
      !matches &&
      mismatches.every(({ part, key }) => part === 'condition' && (!isIdKnown || key?.toLowerCase() !== 'sts:externalid')),
  )
}

function isAssume({ observation, clue, capability }: Failure): boolean {
  const name = operationName(observation, clue)
  return (
    name === 'assumerole' ||
    clue.action === 'sts:AssumeRole' ||
    clue.layer === 'trust' ||
    (name === '' && clue.code === 'NoPermission') ||
    capability === 'assume'
  )
}

/** What the role's trust says of us with this external id; undefined where it was not shown or we are not known. */
export function trustDecision(
  facts: Facts,
  externalId: string | undefined,
  documents: CaseDocuments = facts.documents,
): RamDecision | undefined {
  const trust = usable(documents.trustPolicy, 'trust')
  const principal = assumerOf(facts)
  const role = /^acs:ram::(?<account>\d+):role\/(?<name>.+)$/i.exec(facts.connection.roleArn?.trim() ?? '')?.groups
  if (trust === undefined || principal === undefined || role === undefined) return undefined
  const context: RequestContext = externalId === undefined ? {} : { 'sts:ExternalId': externalId }
  const question: RamQuestion = {
    principal,
    action: 'sts:AssumeRole',
    resource: `acs:ram:*:${role['account'] ?? ''}:role/${role['name']?.toLowerCase() ?? ''}`,
    resourceAccount: role['account'] ?? '',
    context,
    policies: { identity: [{ name: 'unknown', document: ANY }], resource: { name: at.trustPolicy, document: trust } },
    rule: 'trust',
  }
  return decide(question)
}

function fromTrust(decision: RamDecision, facts: Facts): Gaps {
  const document = facts.documents.trustPolicy
  if (document === undefined) return {}
  const allows = (decision.explanation ?? []).filter(({ layer, effect, matches }) => layer === 'resource' && effect === 'Allow' && !matches)
  const byCondition = allows.find(({ mismatches }) => mismatches.every(({ part }) => part === 'condition'))
  const isId = byCondition?.mismatches.some(({ key }) => key?.toLowerCase() === 'sts:externalid') === true
  const gap: TrustGap = isId ? 'oss.extid' : 'oss.trust'
  const { externalId } = facts.connection
  // A condition that is not about the id was put there on purpose, and is not to be got around by a statement without it.
  const steps =
    byCondition === undefined
      ? letInSteps(document, facts)
      : isId && externalId !== undefined
        ? meetingCondition(document, byCondition.index, 'sts:externalid', externalId)
        : undefined
  const proved =
    steps !== undefined &&
    trustDecision(facts, facts.connection.externalId, { ...facts.documents, trustPolicy: patched(document, steps) })?.allowed === true
  const evidence =
    byCondition === undefined
      ? said('No statement of the trust policy names us.', '信任策略没有语句写明我们。')
      : isId
        ? said(
            `Statement ${byCondition.index} of the trust policy: its condition on sts:ExternalId does not hold for the id of this connection.`,
            `信任策略 Statement ${byCondition.index}:其 sts:ExternalId 条件与此连接的 ID 不符。`,
          )
        : said(
            `Statement ${byCondition.index} of the trust policy names us under a condition that does not hold.`,
            `信任策略 Statement ${byCondition.index} 写明了我们,但其条件不成立。`,
          )
  return {
    [gap]: {
      fits: proved ? 'proved' : 'named',
      for: [evidence, ...(proved ? [OPENED] : [])],
      values: trustValues(facts),
      ...(proved ? { patch: { document: at.trustPolicy, steps }, linesFor: changeOf(at.trustPolicy, facts) } : {}),
    },
  }
}

/** A statement of our own: whom the others name, they go on naming. */
function letInSteps(document: PolicyDocument, { connection }: Facts): readonly PatchStep[] | undefined {
  const { principal, externalId } = connection
  if (principal === undefined) return undefined
  const arn = /^\d+$/.test(principal) ? `acs:ram::${principal}:root` : principal
  return adding(document, {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: [arn] },
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  })
}

/** Whether the trust lets us in with an id that nobody was given, or with none; as it says, or as somebody tried. */
export function isTrustOpen(facts: Facts): boolean {
  if (facts.successes.some(isWithoutId)) return true
  return [undefined, 'sluice-an-id-that-nobody-was-given'].some((id) => trustDecision(facts, id)?.allowed === true)
}

/** Whether a trust policy for our tokens says whose: without the subject, every tenant's token is as good. */
export function isOidcTrustOpen({ documents, connection }: Facts): boolean {
  const { trustPolicy } = documents
  if (trustPolicy === undefined || connection.method !== 'oidc') return false
  const count = isList(trustPolicy['Statement']) ? trustPolicy['Statement'].length : 1
  return Array.from({ length: count }, (_, index) => statementAt(trustPolicy, index)).some((statement) => {
    const principal = statement?.['Principal']
    const federated = isObject(principal) ? textsOf(principal['Federated']) : []
    return federated.length > 0 && statement?.['Effect'] === 'Allow' && !/"oidc:sub"/i.test(JSON.stringify(statement['Condition'] ?? {}))
  })
}

export function trustValues({ connection }: Facts): { readonly [name: string]: string } {
  const { roleArn, principal } = connection
  return {
    ...(roleArn === undefined ? {} : { role: roleArn, name: roleArn.slice(roleArn.lastIndexOf('/') + 1) }),
    ...(principal === undefined ? {} : { principal }),
  }
}
