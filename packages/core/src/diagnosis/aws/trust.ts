import type { PatchStep } from '../../finding.ts'
import type { AccessQuestion, Decision, PolicyDocument, RequestContext } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { at, decide } from './judge.ts'
import { patched } from '../patched.ts'
import { isObject, pointer, statementAt, statementPath } from '../statement-patch.ts'
import { accountOf, assumerOf } from './subject.ts'

/** What of a trust policy keeps us out. */
export type TrustGap = 'aws.sts.trust_principal' | 'aws.sts.trust_orphan' | 'aws.sts.external_id' | 'aws.sts.rcp'

const ANY: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** What the role's trust says of us with this external id; undefined where it was not shown or we are not known. */
export function trustDecision(
  facts: Facts,
  externalId: string | undefined,
  documents: CaseDocuments = facts.documents,
): Decision | undefined {
  const { trustPolicy, rcps } = documents
  const principal = assumerOf(facts, facts.failures.find(({ capability }) => capability === 'assume')?.clue)
  const role = facts.connection.roleArn
  if (trustPolicy === undefined || principal === undefined || role === undefined) return undefined
  const context: RequestContext = externalId === undefined ? {} : { 'sts:ExternalId': externalId }
  const question: AccessQuestion = {
    principal,
    action: 'sts:AssumeRole',
    resource: role,
    resourceAccount: role.split(':')[4] ?? '',
    context,
    policies: {
      identity: [{ name: 'unknown', document: ANY }],
      resource: { name: at.trustPolicy, document: trustPolicy },
      resourceRule: 'trust',
      ...(rcps === undefined
        ? {}
        : {
            rcps: [
              [
                ...rcps.map((document, index) => ({ name: at.rcp(index), document })),
                {
                  name: 'unknown',
                  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] },
                },
              ],
            ],
          }),
    },
  }
  return decide(question)
}

/** Which gap a trust policy that was shown has, and how to close it. */
export function trustGap(failure: Failure, facts: Facts): { readonly gap: TrustGap; readonly explanation: Explanation } | undefined {
  const decision = trustDecision(facts, facts.connection.externalId)
  const document = facts.documents.trustPolicy
  if (decision === undefined || document === undefined || decision.allowed) return undefined
  if (decision.layer === 'rcp')
    return {
      gap: 'aws.sts.rcp',
      explanation: {
        fits: 'named',
        for: [`${decision.decidedBy?.policy ?? 'A resource control policy'} denies sts:AssumeRole to our account.`],
      },
    }
  const near = nearestTrust(decision)
  const orphan = /"(AROA|AIDA)[A-Z0-9]+"/.test(JSON.stringify(document)) && near?.part !== 'condition'
  const gap =
    near?.part === 'condition' && near.externalId ? 'aws.sts.external_id' : orphan ? 'aws.sts.trust_orphan' : 'aws.sts.trust_principal'
  const steps = near === undefined ? undefined : stepsFor(gap, document, near.index, facts)
  const proved =
    steps !== undefined &&
    trustDecision(facts, facts.connection.externalId, { ...facts.documents, trustPolicy: patched(document, steps) })?.allowed === true
  return {
    gap,
    explanation: {
      fits: proved ? 'proved' : 'possible',
      for: [
        near === undefined
          ? 'No statement of the trust policy lets us in.'
          : `Statement ${near.index} of the trust policy: ${near.detail}.`,
        ...(proved ? ['With the patch the same request is allowed.'] : []),
      ],
      values: trustValues(failure, facts),
      ...(proved && steps !== undefined ? { patch: { document: at.trustPolicy, steps } } : {}),
    },
  }
}

export function trustValues(_failure: Failure | undefined, facts: Facts): { readonly [name: string]: string } {
  const { roleArn, principal } = facts.connection
  const caller = assumerOf(facts)
  const account = accountOf(caller)
  return {
    ...(roleArn === undefined ? {} : { role: roleArn, name: roleArn.slice(roleArn.lastIndexOf('/') + 1) }),
    ...(principal === undefined ? {} : { principal }),
    ...(account === undefined ? {} : { account }),
  }
}

interface Near {
  readonly index: number
  readonly part: 'principal' | 'condition' | 'other'
  readonly externalId: boolean
  readonly detail: string
}

/** The Allow that comes nearest: one that misses only by conditions before one that misses by its principal. */
function nearestTrust({ explanation = [] }: Decision): Near | undefined {
  const allows = explanation.filter(({ layer, effect, matches }) => layer === 'resource' && effect === 'Allow' && !matches)
  const describe = (statement: (typeof allows)[number], part: Near['part']): Near => ({
    index: statement.index,
    part,
    externalId: statement.mismatches.some(({ key }) => key?.toLowerCase() === 'sts:externalid'),
    // The id itself is not repeated: whoever reads the report has it from the setup.
    detail: statement.mismatches
      .map(({ key, detail }) =>
        key?.toLowerCase() === 'sts:externalid' ? 'its condition on sts:ExternalId does not hold for the id of this connection' : detail,
      )
      .join('; '),
  })
  const byCondition = allows.find(({ mismatches }) => mismatches.every(({ part }) => part === 'condition'))
  if (byCondition !== undefined) return describe(byCondition, 'condition')
  const byPrincipal = allows.find(({ mismatches }) => mismatches.some(({ part }) => part === 'principal'))
  if (byPrincipal !== undefined) return describe(byPrincipal, 'principal')
  const [other] = allows
  return other === undefined ? undefined : describe(other, 'other')
}

function stepsFor(gap: TrustGap, document: PolicyDocument, index: number, facts: Facts): readonly PatchStep[] | undefined {
  const { principal, externalId } = facts.connection
  const path = statementPath(document, index)
  const statement = statementAt(document, index)
  if (gap !== 'aws.sts.external_id') {
    if (principal === undefined || statement === undefined) return undefined
    const op = statement['Principal'] === undefined ? 'add' : 'replace'
    return [{ op, path: `${path}/Principal`, value: { AWS: principal } }]
  }
  const condition = statement?.['Condition']
  if (externalId === undefined || !isObject(condition)) return undefined
  const steps: PatchStep[] = []
  for (const [operator, keys] of Object.entries(condition)) {
    if (!isObject(keys)) continue
    for (const key of Object.keys(keys))
      if (key.toLowerCase() === 'sts:externalid')
        steps.push({ op: 'replace', path: `${path}/Condition/${pointer(operator)}/${pointer(key)}`, value: externalId })
  }
  return steps.length === 0 ? undefined : steps
}
