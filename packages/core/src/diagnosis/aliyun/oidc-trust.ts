import { isObject } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { RamQuestion } from '../../ram/types.ts'
import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { patched } from '../patched.ts'
import { OPENED, said } from '../said.ts'
import { statementAt, statementsOf, valuesOf } from '../statement-patch.ts'
import { tokenTrustLines } from './change.ts'
import { at, decide, usable } from './judge.ts'
import { meetingCondition } from './patches.ts'

/** Whom our tokens are from and of. */
interface Token {
  readonly issuer: string
  readonly subject: string
}

/**
 * Which statement of the trust policy is for tokens of a provider and takes none of ours, and how it would. Which client our token is for
 * no case says: that part of a condition is believed to hold.
 */
export function refusedToken({ documents, connection }: Facts): Explanation | undefined {
  const trust = usable(documents.trustPolicy, 'trust')
  const [, issuer, subject] = /^(https:\/\/\S+) as (\S+)$/.exec(connection.principal ?? '') ?? []
  if (trust === undefined || issuer === undefined || subject === undefined) return undefined
  const token = { issuer, subject }
  for (const index of statementsOf(trust).keys()) {
    const refused = mismatchOf(trust, index, token, connection.roleArn)
    if (refused === undefined) continue
    const { keys, provider } = refused
    const steps = keys.flatMap((key) => meetingCondition(trust, index, key, key === 'oidc:iss' ? issuer : subject))
    const opens = questionOf(patched(trust, steps), index, provider, token, connection.roleArn)
    const proved = steps.length > 0 && decide(opens)?.allowed === true
    return {
      fits: proved ? 'proved' : 'named',
      for: [
        said(
          `Statement ${index} of the trust policy takes tokens of the provider; its condition on ${keys.join(', ')} does not hold for ours.`,
          `信任策略 Statement ${index} 接受该提供商的令牌;但其 ${keys.join('、')} 条件与我们的令牌不符。`,
        ),
        ...(proved ? [OPENED] : []),
      ],
      ...(proved
        ? {
            patch: { document: at.trustPolicy, steps },
            linesFor: () => tokenTrustLines(statementAt(patched(trust, steps), index) ?? {}, { connection }),
          }
        : {}),
    }
  }
  return undefined
}

/** The keys of the token that this statement alone asks otherwise of; undefined where it is not about tokens, or lets ours in. */
function mismatchOf(trust: PolicyDocument, index: number, token: Token, roleArn: string | undefined) {
  const principal = statementAt(trust, index)?.['Principal']
  const [provider] = isObject(principal) ? valuesOf(principal['Federated']) : []
  if (provider === undefined) return undefined
  const explained = decide(questionOf(trust, index, provider, token, roleArn))?.explanation?.find((one) => one.index === index)
  const keys = explained?.mismatches.map(({ part, key }) => (part === 'condition' ? key?.toLowerCase() : undefined)) ?? []
  return explained?.effect === 'Allow' && keys.length > 0 && keys.every((key) => key === 'oidc:iss' || key === 'oidc:sub')
    ? { keys, provider }
    : undefined
}

function questionOf(trust: PolicyDocument, index: number, provider: string, token: Token, roleArn = ''): RamQuestion {
  const [, account = '', name = ''] = /^acs:ram::(\d+):role\/(.+)$/i.exec(roleArn.trim()) ?? []
  const audience = JSON.stringify(statementAt(trust, index)?.['Condition'] ?? {}).match(/"oidc:aud":\[?"([^"]+)"/i)?.[1]
  return {
    principal: { kind: 'federated', provider },
    action: 'sts:AssumeRole',
    resource: `acs:ram:*:${account}:role/${name.toLowerCase()}`,
    resourceAccount: account,
    context: {
      'oidc:iss': token.issuer,
      'oidc:sub': token.subject,
      ...(audience === undefined ? {} : { 'oidc:aud': audience }),
    },
    policies: { resource: { name: at.trustPolicy, document: trust } },
    rule: 'trust',
  }
}
