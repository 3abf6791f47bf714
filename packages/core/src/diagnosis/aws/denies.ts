import type { PatchStep } from '../../finding.ts'
import type { PolicyDocument, PolicyLayer, StatementExplanation } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { speaksOf } from '../evidence.ts'
import { valuesOfFailure } from './evidence.ts'
import { agrees, at, judge, type Judged } from './judge.ts'
import { patched } from '../patched.ts'
import { adding, exempting, isObject, statementAt } from '../statement-patch.ts'
import { callerOf } from './subject.ts'

/** A statement of a document that denies a request, or could if a condition that nobody showed holds. */
export interface Denying {
  readonly judged: Judged
  readonly layer: PolicyLayer
  /** The document's name in the case, and the document. */
  readonly name: string
  readonly document: PolicyDocument
  readonly index: number
  /** Condition keys the statement asks about, in lower case. */
  readonly keys: readonly string[]
  /** Whether the documents alone show that it denies; otherwise a condition stays open. */
  readonly certain: boolean
}

/** Every document of a layer, by its name in the case. */
export function documentsOf(layer: PolicyLayer, documents: CaseDocuments): ReadonlyMap<string, PolicyDocument> {
  const { rolePolicies = [], scps = [], rcps = [], keyPolicies = {} } = documents
  const single = (name: string, document: PolicyDocument | undefined): readonly (readonly [string, PolicyDocument])[] =>
    document === undefined ? [] : [[name, document]]
  switch (layer) {
    case 'identity':
      return new Map(rolePolicies.map((document, index) => [at.rolePolicy(index), document]))
    case 'scp':
      return new Map(scps.map((document, index) => [at.scp(index), document]))
    case 'rcp':
      return new Map(rcps.map((document, index) => [at.rcp(index), document]))
    case 'resource':
      return new Map([
        ...single(at.bucketPolicy, documents.bucketPolicy),
        ...Object.entries(keyPolicies).map(([arn, document]) => [at.keyPolicy(arn), document] as const),
      ])
    case 'boundary':
      return new Map(single(at.boundary, documents.boundary))
    case 'session':
      return new Map(single(at.sessionPolicy, documents.sessionPolicy))
    case 'vpc-endpoint':
      return new Map(single(at.vpcEndpointPolicy, documents.vpcEndpointPolicy))
    default:
      return new Map()
  }
}

/**
 * The Deny statements of a layer that meet a request: those that the evaluator finds, and, where the cloud's text says that this layer
 * denies explicitly, those that only an unknown condition keeps from it.
 */
export function denying(failure: Failure, facts: Facts, layer: PolicyLayer): readonly Denying[] {
  const known = documentsOf(layer, facts.documents)
  const told =
    failure.clue.effect === 'explicit' && (failure.clue.layer === layer || (layer === 'resource' && failure.clue.layer === 'resource'))
  return (judge(failure, facts) ?? []).flatMap((judged) => {
    if (failure.clue.action !== undefined && failure.clue.action.toLowerCase() !== judged.need.action.toLowerCase()) return []
    if (failure.clue.layer !== undefined && failure.clue.layer !== layer) return []
    if (failure.clue.effect === 'implicit') return []
    return (judged.decision.explanation ?? []).flatMap((statement): readonly Denying[] => {
      const document = known.get(statement.policy)
      if (statement.layer !== layer || statement.effect !== 'Deny' || document === undefined) return []
      const open = !statement.matches && statement.mismatches.every(({ part }) => part === 'condition')
      if (!statement.matches && !(open && told)) return []
      return [denyingOf(judged, statement, document)]
    })
  })
}

function denyingOf(judged: Judged, statement: StatementExplanation, document: PolicyDocument): Denying {
  const condition = statementAt(document, statement.index)?.['Condition']
  const keys = isObject(condition) ? Object.values(condition).flatMap((one) => (isObject(one) ? Object.keys(one) : [])) : []
  return {
    judged,
    layer: statement.layer,
    name: statement.policy,
    document,
    index: statement.index,
    keys: keys.map((key) => key.toLowerCase()),
    certain: statement.matches,
  }
}

/** How a Deny stands to a refusal, and the smallest exception from it for the caller. */
export function denyExplanation(failure: Failure, facts: Facts, one: Denying, alone: boolean): Explanation {
  const caller = callerOf(facts, failure.clue)
  const arn = caller?.kind === 'role-session' ? caller.roleArn : caller?.kind === 'user' ? caller.arn : undefined
  const steps = arn === undefined ? undefined : exempting(one.document, one.index, arn)
  const proved = steps !== undefined && one.certain && alone && allowedAfter(failure, facts, one, steps)
  const sid = statementAt(one.document, one.index)?.['Sid']
  return {
    fits: proved ? 'proved' : failure.clue.effect === 'explicit' ? 'named' : 'possible',
    for: [
      `${one.name}, statement ${one.index}${typeof sid === 'string' ? ` (${sid})` : ''}, denies ${one.judged.need.action} on ${one.judged.need.resource}${one.certain ? '' : ' where its condition holds, which was not shown'}.`,
      ...(proved ? ['With the exception of the patch the same request is allowed.'] : []),
    ],
    values: { ...valuesOfFailure(failure, facts), action: one.judged.need.action, resource: one.judged.need.resource },
    ...(steps === undefined ? {} : { patch: { document: one.name, steps } }),
  }
}

/** Whether the permission is there once the document is patched. */
export function allowedAfter(
  failure: Failure,
  facts: Facts,
  { name, judged }: Pick<Denying, 'name' | 'judged'>,
  steps: readonly PatchStep[],
): boolean {
  const changed = withPatched(facts.documents, name, steps)
  const again = judge(failure, facts, changed)?.find(
    ({ need }) => need.action === judged.need.action && need.resource === judged.need.resource,
  )
  return again?.decision.allowed === true
}

/** The documents with one of them patched. */
export function withPatched(documents: CaseDocuments, name: string, steps: readonly PatchStep[]): CaseDocuments {
  const list = (all: readonly PolicyDocument[] | undefined, nameOf: (index: number) => string) =>
    all?.map((document, index) => (nameOf(index) === name ? patched(document, steps) : document))
  const one = (document: PolicyDocument | undefined, own: string) =>
    document !== undefined && own === name ? patched(document, steps) : document
  const { rolePolicies, scps, rcps, keyPolicies, trustPolicy, boundary, sessionPolicy, bucketPolicy, vpcEndpointPolicy } = documents
  const next = {
    rolePolicies: list(rolePolicies, at.rolePolicy),
    scps: list(scps, at.scp),
    rcps: list(rcps, at.rcp),
    trustPolicy: one(trustPolicy, at.trustPolicy),
    boundary: one(boundary, at.boundary),
    sessionPolicy: one(sessionPolicy, at.sessionPolicy),
    bucketPolicy: one(bucketPolicy, at.bucketPolicy),
    vpcEndpointPolicy: one(vpcEndpointPolicy, at.vpcEndpointPolicy),
    keyPolicies:
      keyPolicies === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(keyPolicies).map(([arn, document]) => [arn, at.keyPolicy(arn) === name ? patched(document, steps) : document]),
          ),
  }
  return { ...documents, ...Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) }
}

/** A layer that had to allow and did not: by its document where it was shown, by the cloud's text otherwise. */
export function silentLayer(
  failure: Failure,
  facts: Facts,
  layer: 'boundary' | 'session' | 'scp' | 'rcp' | 'vpc-endpoint',
): Explanation | undefined {
  const denied = judge(failure, facts)?.find(({ decision }) => !decision.allowed)
  const [document] = documentsOf(layer, facts.documents)
  if (
    denied?.decision.layer === layer &&
    denied.decision.effect === 'implicit-deny' &&
    agrees(denied, failure.clue) &&
    document !== undefined
  ) {
    const [name, content] = document
    const principal = layer === 'rcp' || layer === 'vpc-endpoint' ? { Principal: '*' } : {}
    const steps = adding(content, { Effect: 'Allow', ...principal, Action: denied.need.action, Resource: denied.need.resource })
    const proved = allowedAfter(failure, facts, { name, judged: denied }, steps)
    return {
      fits: proved ? 'proved' : 'possible',
      for: [
        `${name} allows ${denied.need.action} on ${denied.need.resource} nowhere.`,
        ...(proved ? ['With the patch the same request is allowed.'] : []),
      ],
      values: { ...valuesOfFailure(failure, facts), action: denied.need.action, resource: denied.need.resource },
      ...(proved ? { patch: { document: name, steps } } : {}),
    }
  }
  if (!speaksOf(failure.clue, layer)) return undefined
  return { fits: 'named', for: ['The answer names this layer.'], values: valuesOfFailure(failure, facts) }
}
