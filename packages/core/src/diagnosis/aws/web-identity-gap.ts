import type { PatchStep } from '../../finding.ts'
import { isList, isObject } from '../../policy/shapes.ts'
import type { Decision, PolicyDocument } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { pointer } from '../statement-patch.ts'
import { said } from '../said.ts'
import { claimContext, claimsOf, providerPath, type Claims } from './claims.ts'
import { statementAt, statementPath } from '../statement-patch.ts'
import { at, withPatched } from './policies.ts'
import { askTrust, type Asker } from './trust.ts'
import { tokenTrustChange } from './trust-change.ts'
import { guardGap, trustValues } from './trust-gap.ts'

/** What of a trust in tokens keeps ours out. */
export type WebIdentityGap = 'aws.oidc.provider' | 'aws.oidc.subject' | 'aws.oidc.audience' | 'aws.sts.rcp'

/**
 * Which gap a trust policy that was shown, or a guard rail, has for a token of ours; `none` where there is none. Undefined where the case does
 * not say enough. `observed`: a token of ours was refused.
 */
export function webIdentityGap(
  facts: Facts,
  observed: boolean,
): { readonly gap: WebIdentityGap; readonly explanation: Explanation } | 'none' | undefined {
  const claims = claimsOf(facts)
  const account = facts.connection.roleArn?.split(':')[4]
  const document = facts.documents.trustPolicy
  if (claims === undefined || account === undefined || document === undefined) return undefined
  const asker = askerOf(claims, facts.connection.roleArn ?? '')
  const answer = askTrust(facts, asker)
  if (answer === undefined) return undefined
  const guarded = [answer.decision, ...(observed ? [answer.strict] : [])].find(({ layer }) => layer === 'rcp')
  if (guarded !== undefined) return { gap: 'aws.sts.rcp', explanation: guardGap(facts, asker, guarded, true).explanation }
  if (answer.decision.allowed) return answer.strict.allowed ? 'none' : undefined
  if (answer.decision.layer !== 'resource') return undefined
  const near = nearest(answer.decision, claims)
  const steps = near === undefined ? undefined : stepsFor(near, document, claims, asker)
  const proved =
    steps !== undefined && askTrust(facts, asker, withPatched(facts.documents, at.trustPolicy, steps))?.decision.allowed === true
  return {
    gap: near?.gap ?? 'aws.oidc.provider',
    explanation: {
      fits: proved ? 'proved' : 'named',
      for: [
        near === undefined
          ? said('No statement of the trust policy lets tokens in.', '信任策略中没有允许令牌的语句。')
          : said(`Statement ${near.index} of the trust policy: ${near.detail}.`, `信任策略语句 ${near.index} 不匹配:${near.detail}。`),
        ...(proved ? [said('With the patch the same token is let in.', '应用补丁后,同一令牌被接受。')] : []),
      ],
      values: { ...trustValues(facts), issuer: claims.issuer, ...(claims.subject === undefined ? {} : { subject: claims.subject }) },
      ...(proved && steps !== undefined ? { patch: { document: at.trustPolicy, steps }, ...tokenTrustChange(claims, asker, facts) } : {}),
    },
  }
}

function askerOf(claims: Claims, roleArn: string): Asker {
  const [, partition = 'aws', , , account = ''] = roleArn.split(':')
  const path = providerPath(claims.issuer)
  return {
    principal: { kind: 'federated', provider: `arn:${partition}:iam::${account}:oidc-provider/${path}` },
    action: 'sts:AssumeRoleWithWebIdentity',
    context: claimContext(claims),
    // Claims of other issuers a token of ours does not have.
    known: [],
  }
}

interface Near {
  readonly index: number
  readonly gap: WebIdentityGap
  readonly keys: readonly string[]
  readonly detail: string
}

function nearest({ explanation = [] }: Decision, claims: Claims): Near | undefined {
  const allows = explanation.filter(({ layer, effect, matches }) => layer === 'resource' && effect === 'Allow' && !matches)
  const [one] = allows.toSorted((a, b) => a.mismatches.length - b.mismatches.length)
  if (one === undefined) return undefined
  const path = providerPath(claims.issuer).toLowerCase()
  const keys = one.mismatches.flatMap(({ key }) => (key === undefined ? [] : [key.toLowerCase()]))
  const byPrincipal = one.mismatches.some(({ part }) => part === 'principal' || part === 'action')
  const gap =
    byPrincipal || keys.some((key) => /:(sub|aud)$/.test(key) && !key.startsWith(path))
      ? 'aws.oidc.provider'
      : keys.includes(`${path}:sub`)
        ? 'aws.oidc.subject'
        : keys.includes(`${path}:aud`)
          ? 'aws.oidc.audience'
          : 'aws.oidc.subject'
  return { index: one.index, gap, keys, detail: one.mismatches.map(({ detail }) => detail).join('; ') }
}

/** The value of ours in the place of the one that is asked for. */
function stepsFor({ gap, index }: Near, document: PolicyDocument, claims: Claims, asker: Asker): readonly PatchStep[] | undefined {
  const statement = statementAt(document, index)
  const path = statementPath(document, index)
  if (gap === 'aws.oidc.provider') {
    if (asker.principal.kind !== 'federated' || !isObject(statement?.['Principal'])) return undefined
    return [{ op: 'replace', path: `${path}/Principal`, value: { Federated: asker.principal.provider } }]
  }
  const name = gap === 'aws.oidc.subject' ? 'sub' : 'aud'
  const value = gap === 'aws.oidc.subject' ? claims.subject : claims.audiences?.[0]
  const condition = statement?.['Condition']
  if (value === undefined || !isObject(condition)) return undefined
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).flatMap(([key, values]): readonly PatchStep[] => {
          if (!key.toLowerCase().endsWith(`:${name}`)) return []
          const own = `${path}/Condition/${pointer(operator)}/${pointer(key)}`
          return isList(values) && values.length > 1 ? [{ op: 'add', path: `${own}/-`, value }] : [{ op: 'replace', path: own, value }]
        })
      : [],
  )
}
