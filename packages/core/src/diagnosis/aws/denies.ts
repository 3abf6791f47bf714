import type { PolicyDocument, PolicyLayer } from '../../policy/types.ts'
import type { PatchStep } from '../../finding.ts'
import type { Explanation } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import type { Slot } from '../memo.ts'
import { OPENED, said } from '../said.ts'
import { wanted, type Asked } from './asked.ts'
import { allowsBeyond } from './beyond.ts'
import { changeOf } from './change.ts'
import { exemptions } from './exempting.ts'
import { judge, judgeBy, type Judged } from './judge.ts'
import { adding, conditionKeys, statementAt } from '../statement-patch.ts'
import { at, documentsOf, withPatched } from './policies.ts'
import { requestsOf } from './requests.ts'
import { speaksOf } from '../evidence.ts'
import { valuesOfFailure } from './refusal.ts'
import { arnOf, callerOf } from './subject.ts'

/** A statement of a document that denies a request, or could if a condition that nobody showed holds. */
export interface Denying {
  readonly judged: Judged
  /** The document's name in the case, and the document. */
  readonly name: string
  readonly document: PolicyDocument
  readonly index: number
  /** Condition keys the statement asks about, in lower case. */
  readonly keys: readonly string[]
  /** Whether the documents alone show that it denies; otherwise a condition stays open. */
  readonly certain: boolean
}

/**
 * The Deny statements of a layer that meet a request. Where the cloud's text names another layer, or says that nothing denies explicitly,
 * there are none: a document does not contradict what was answered.
 */
export function denying(failure: Failure, facts: Facts, layer: PolicyLayer): readonly Denying[] {
  const { clue } = failure
  const isOther = clue.layer !== undefined && clue.layer !== layer && !(layer === 'resource' && clue.layer === 'key')
  if (isOther || clue.effect === 'implicit') return []
  const known = new Map(documentsOf(layer, facts.documents))
  return (judge(failure, facts) ?? []).flatMap((judged) => {
    if (clue.action !== undefined && clue.action.toLowerCase() !== judged.need.action.toLowerCase()) return []
    const matching = (judged.strict.explanation ?? []).filter((one) => one.layer === layer && one.effect === 'Deny' && one.matches)
    return matching.flatMap(({ policy, index }): readonly Denying[] => {
      const document = known.get(policy)
      if (document === undefined) return []
      const certain = judged.decision.explanation?.some((one) => one.policy === policy && one.index === index && one.matches) === true
      return [{ judged, name: policy, document, index, keys: keysOf(document, index), certain }]
    })
  })
}

function keysOf(document: PolicyDocument, index: number): readonly string[] {
  return conditionKeys(statementAt(document, index)).map((key) => key.toLowerCase())
}

/** How a Deny stands to a refusal, and the smallest exception from it for the caller. `alone`: no other could be the one that was met. */
export function denyExplanation(failure: Failure, facts: Facts, one: Denying, alone: boolean): Explanation {
  const told = failure.clue.effect === 'explicit'
  const steps = exemption(one, facts, failure)
  // What the text says of this layer leaves one statement, even where its condition is on something that nobody showed.
  const isIt = one.certain || (told && alone)
  const opens = steps !== undefined && allowedAfter(failure, facts, one, steps, one.certain)
  const proved = isIt && opens
  const sid = statementAt(one.document, one.index)?.['Sid']
  const where = `${one.name}, Statement ${one.index}${typeof sid === 'string' ? ` (${sid})` : ''}`
  const { action, resource } = one.judged.need
  return {
    fits: proved ? 'proved' : isIt || told ? 'named' : 'possible',
    for: [
      one.certain
        ? said(`${where}, denies ${action} on ${resource}.`, `${where} 拒绝对 ${resource} 执行 ${action}。`)
        : said(
            `${where}, denies ${action} on ${resource} where its condition holds (${one.keys.join(', ')}), which was not shown.`,
            `${where} 在条件(${one.keys.join(', ')})成立时拒绝对 ${resource} 执行 ${action};该条件的取值未知。`,
          ),
      ...(proved ? [said('With an exception from it the same request is allowed.', '对其设例外后,同一请求被允许。')] : []),
    ],
    values: { ...valuesOfFailure(failure, facts), action, resource },
    ...(steps === undefined || !opens ? {} : { linesFor: changeOf(one.name, facts), patch: { document: one.name, steps } }),
  }
}

const EXEMPTIONS: Slot<Map<string, readonly PatchStep[] | undefined>> = { name: 'exemptions' }

/** The smallest exception from a Deny for the caller that lets nothing else through; the narrowest there is where all let something. */
function exemption(one: Denying, facts: Facts, failure: Failure): readonly PatchStep[] | undefined {
  const arn = arnOf(callerOf(facts, failure.clue))
  if (arn === undefined) return undefined
  // One for all that the statement refuses, so that it is one change.
  const known = facts.memo(EXEMPTIONS, one.document, () => new Map<string, readonly PatchStep[] | undefined>())
  const key = `${one.name} ${one.index} ${arn}`
  if (!known.has(key)) {
    const asked = askedThere(one, facts)
    const ofOne = one.name === at.bucketPolicy || one.name.startsWith('documents.keyPolicies')
    const ways = exemptions(one.document, one.index, arn, asked, ofOne ? 'one-service' : 'any-service')
    known.set(key, ways.find((steps) => !allowsBeyond(one.name, steps, asked, one.judged.question, facts)) ?? ways.at(-1))
  }
  return known.get(key)
}

/** What was asked for and this statement denies, or can: of all requests that were refused, and of what else the connection does. */
function askedThere({ name, index, judged }: Denying, facts: Facts): readonly Asked[] {
  const denied = [...facts.failures, ...requestsOf(facts)]
    .flatMap((one) => judge(one, facts) ?? [])
    .filter(({ strict }) =>
      strict.explanation?.some((statement) => statement.policy === name && statement.index === index && statement.matches),
    )
  const all = [...denied, judged].map(({ need }) => wanted(need, facts))
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
}

/** Whether the permission is there once the document is patched. */
export function allowedAfter(
  failure: Failure,
  facts: Facts,
  { name, judged }: Pick<Denying, 'name' | 'judged'>,
  steps: readonly PatchStep[],
  certain = true,
): boolean {
  const again = judgeBy(failure, facts, withPatched(facts.documents, name, steps))?.find(
    ({ need }) => need.action === judged.need.action && need.resource === judged.need.resource,
  )
  if (again?.decision.allowed !== true) return false
  // Of a condition that is open, the exception must do whatever its value is.
  return certain || again.strict.explanation?.every((one) => one.policy !== name || one.effect !== 'Deny' || !one.matches) === true
}

type Limit = 'boundary' | 'session' | 'scp' | 'rcp' | 'vpc-endpoint'

/** A layer that had to allow and did not: by its document where it was shown, by the cloud's text otherwise. */
export function silentLayer(failure: Failure, facts: Facts, layer: Limit): Explanation | undefined {
  const denied = judge(failure, facts)?.find(({ decision }) => !decision.allowed)
  const [document] = documentsOf(layer, facts.documents)
  const { clue } = failure
  const contradicts = clue.layer !== undefined && clue.layer !== layer
  if (
    denied?.decision.layer === layer &&
    denied.decision.effect === 'implicit-deny' &&
    document !== undefined &&
    !contradicts &&
    clue.effect !== 'explicit'
  )
    return allowedNowhere(failure, facts, layer, denied)
  if (!speaksOf(clue, layer)) return undefined
  return { fits: 'named', for: [said('The answer names this layer.', '响应指出了这一层。')], values: valuesOfFailure(failure, facts) }
}

function allowedNowhere(failure: Failure, facts: Facts, layer: Limit, denied: Judged): Explanation | undefined {
  const [document] = documentsOf(layer, facts.documents)
  if (document === undefined) return undefined
  const [name, content] = document
  const { action, resource } = denied.need
  const arn = arnOf(callerOf(facts, failure.clue))
  const asked = wanted(denied.need, facts)
  // What holds for others too is allowed to us alone.
  const shared = layer === 'scp' || layer === 'rcp' || layer === 'vpc-endpoint'
  const steps = adding(content, {
    Effect: 'Allow',
    ...(layer === 'rcp' || layer === 'vpc-endpoint' ? { Principal: '*' } : {}),
    Action: action,
    Resource: asked.resource,
    ...conditionFor(shared ? arn : undefined, asked.prefix),
  })
  const proved = allowedAfter(failure, facts, { name, judged: denied }, steps)
  return {
    fits: proved ? 'proved' : 'named',
    for: [
      said(`${name} allows ${action} on ${resource} nowhere.`, `${name} 没有任何语句允许对 ${resource} 执行 ${action}。`),
      ...(proved ? [OPENED] : []),
    ],
    values: { ...valuesOfFailure(failure, facts), action, resource },
    ...(proved ? { linesFor: changeOf(name, facts), patch: { document: name, steps } } : {}),
  }
}

function conditionFor(arn: string | undefined, prefix: string | undefined) {
  const parts = {
    ...(arn === undefined ? {} : { ArnEquals: { 'aws:PrincipalArn': arn } }),
    ...(prefix === undefined ? {} : { StringLike: { 's3:prefix': `${prefix}*` } }),
  }
  return Object.keys(parts).length === 0 ? {} : { Condition: parts }
}
