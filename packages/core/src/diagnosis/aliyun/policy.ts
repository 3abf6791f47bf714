import { isList } from '../../policy/shapes.ts'
import type { PolicyDocument } from '../../policy/types.ts'
import type { Explanation, Text } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { servedLater } from '../later-success.ts'
import type { Slot } from '../memo.ts'
import { OPENED, said } from '../said.ts'
import { speechOf } from '../speech.ts'
import { adding, conditionKeys, statementAt } from '../statement-patch.ts'
import { allowsBeyond } from './beyond.ts'
import { changeOf, missingLines } from './change.ts'
import { agrees, at, documentNamed, judge, usable, type Judged } from './judge.ts'
import type { Gaps, PolicyGap } from './policy-gap.ts'
import { fromOutside } from './outside.ts'
import { allowing, exemptingAction, exemptingCaller, statementFor, withPatched, type DocumentPatch } from './patches.ts'
import { isDataDenial, WORDS } from './words.ts'
import { valuesOf } from './values.ts'

const SLOT: Slot<Gaps> = { name: 'aliyun.policy' }

/** How a policy stands to a refusal. */
export function policyGap(gap: PolicyGap): (failure: Failure, facts: Facts) => Explanation | undefined {
  return (failure, facts) => facts.memo(SLOT, failure, () => gapsOf(failure, facts))[gap]
}

function gapsOf(failure: Failure, facts: Facts): Gaps {
  // What is served now no policy denies, whatever the answer then said.
  if (!isDataDenial(failure) || servedLater(failure, facts)) return {}
  const judged = judge(failure, facts)
  const denied = judged?.find((one) => !one.decision.allowed)
  const inside = denied !== undefined && agrees(denied, failure.clue) ? fromDocuments(denied, judged ?? [], failure, facts) : undefined
  if (inside !== undefined) return inside
  const under = failure.clue.effect === 'implicit' ? undefined : underCondition(judged ?? [], failure, facts)
  return under ?? withoutShown(fromOutside(failure, facts), denied === undefined && judged !== undefined, facts)
}

/** A Deny that would meet the request if its condition held, where the answer says that something denies it. */
function underCondition(judged: readonly Judged[], failure: Failure, facts: Facts): Gaps | undefined {
  const { clue } = failure
  if (clue.effect !== 'explicit' && !WORDS.bucketPolicy.test(speechOf(failure))) return undefined
  for (const one of judged)
    for (const statement of one.decision.explanation ?? []) {
      const open =
        statement.effect === 'Deny' && statement.mismatches.length > 0 && statement.mismatches.every(({ part }) => part === 'condition')
      const layer = statement.layer === 'resource' ? 'resource' : 'identity'
      if (!open || statement.policy === 'unknown' || (clue.layer !== undefined && clue.layer !== layer)) continue
      const document = facts.documents.bucketPolicy
      const gap = layer === 'identity' ? 'oss.ram.explicit' : document === undefined ? 'oss.bp.deny' : denyGap(document, statement.index)
      const evidence = said(
        `${statement.policy}, Statement ${statement.index}, denies ${one.need.action} where its condition holds: ${statement.mismatches.map(({ detail }) => detail).join('; ')}.`,
        `${statement.policy} Statement ${statement.index} 在其条件成立时拒绝 ${one.need.action}:${statement.mismatches.map(({ detail }) => detail).join(';')}。`,
      )
      return { [gap]: { fits: 'named', for: [evidence], values: { ...valuesOf(failure, facts), action: one.need.action } } }
    }
  return undefined
}

/** What merely fits, or is one of several that are named, without the policies that were shown and allow the request; all of it where nothing else is left. */
function withoutShown(gaps: Gaps, isAllowed: boolean, { documents }: Facts): Gaps {
  const shown = new Set<string>([
    ...(documents.ramPolicies?.every((one) => usable(one, 'identity') !== undefined) === true
      ? ['oss.ram.missing', 'oss.ram.explicit']
      : []),
    ...(usable(documents.bucketPolicy, 'bucket') === undefined ? [] : ['oss.bp.deny']),
    ...(usable(documents.sessionPolicy, 'identity') === undefined ? [] : ['oss.sts.session_policy']),
  ])
  const all = Object.entries(gaps)
  const left = all.filter(([gap, { fits }]) => (fits !== 'possible' && all.length === 1) || !shown.has(gap))
  return isAllowed && left.length > 0 ? Object.fromEntries(left) : gaps
}

/** What the documents that were shown say: which of them refuses, and how it can be changed. */
function fromDocuments(denied: Judged, judged: readonly Judged[], failure: Failure, facts: Facts): Gaps | undefined {
  const { decision, need } = denied
  const explicit = decision.effect === 'explicit-deny'
  if (need.service === 'kms' && decision.layer === 'identity') {
    if (facts.documents.ramPolicies === undefined) return undefined
    // To write takes two permissions on the key: one alone would only bring the next refusal.
    const actions = judged.filter((one) => one.need.service === 'kms' && !one.decision.allowed).map((one) => one.need.action)
    const ways = explicit ? [] : [allowing(denied, facts, actions)]
    return { 'oss.kms': explained(denied, failure, facts, ways, [explicit ? textOf(denied) : missingText(denied)]) }
  }
  switch (decision.layer) {
    case 'session': {
      const document = facts.documents.sessionPolicy
      if (document === undefined) return undefined
      const isChanged = !explicit && isList(document['Statement'])
      const ways = isChanged ? [{ document: at.sessionPolicy, steps: adding(document, statementFor(denied, facts)) }] : []
      return { 'oss.sts.session_policy': explained(denied, failure, facts, ways, [textOf(denied)]) }
    }
    case 'identity':
      if (facts.documents.ramPolicies === undefined) return undefined
      return explicit ? ramDeny(denied, failure, facts) : { 'oss.ram.missing': granting(denied, failure, facts) }
    case 'resource':
      return explicit ? bucketDeny(denied, failure, facts) : undefined
    default:
      return undefined
  }
}

function granting(denied: Judged, failure: Failure, facts: Facts): Explanation {
  const near = (denied.decision.explanation ?? [])
    .filter(
      ({ layer, effect, mismatches }) =>
        layer === 'identity' && effect === 'Allow' && mismatches.every(({ part }) => part === 'resource' || part === 'condition'),
    )
    .slice(0, 3)
    .map(({ policy, index, mismatches }): Text => `${policy}, Statement ${index}: ${mismatches.map(({ detail }) => detail).join('; ')}.`)
  const patch = allowing(denied, facts)
  const linesFor = missingLines(failure, facts)
  return { ...explained(denied, failure, facts, [patch], [missingText(denied), ...near]), ...linesFor(patch.steps), linesFor }
}

function ramDeny(denied: Judged, failure: Failure, facts: Facts): Gaps {
  const by = denied.decision.decidedBy
  const document = documentNamed(by?.policy, facts.documents)
  const steps = document === undefined || by === undefined ? undefined : exemptingAction(document, by.index, denied, facts)
  const ways = steps === undefined || by === undefined ? [] : [{ document: by.policy, steps }]
  return { 'oss.ram.explicit': explained(denied, failure, facts, ways, [textOf(denied)]) }
}

function bucketDeny(denied: Judged, failure: Failure, facts: Facts): Gaps {
  const by = denied.decision.decidedBy
  const document = facts.documents.bucketPolicy
  if (document === undefined || by === undefined) return {}
  const ways = exemptingCaller(document, by.index, denied, facts).map((steps) => ({ document: at.bucketPolicy, steps }))
  return { [denyGap(document, by.index)]: explained(denied, failure, facts, ways, [textOf(denied)]) }
}

/** A Deny that asks for the network is kept, and the way there changed. */
function denyGap(document: PolicyDocument, index: number): PolicyGap {
  return conditionKeys(statementAt(document, index)).some((key) => /^acs:Source(Vpc|VpcId|Ip|Vpce)$/i.test(key)) ? 'oss.vpc' : 'oss.bp.deny'
}

/** Proved by the first of these ways that opens what was refused and nothing beyond; named where the document alone shows it. */
function explained(denied: Judged, failure: Failure, facts: Facts, ways: readonly DocumentPatch[], evidence: readonly Text[]): Explanation {
  const patch = ways.find((way) => opens(denied, failure, facts, way) && !allowsBeyond(way, denied, facts))
  return {
    fits: patch === undefined ? 'named' : 'proved',
    for: [...evidence, ...(patch === undefined ? [] : [OPENED])],
    values: { ...valuesOf(failure, facts), action: denied.need.action, resource: denied.need.resource },
    ...(patch === undefined ? {} : { patch, linesFor: changeOf(patch.document, facts) }),
  }
}

/** Whether the same permission is there once the patch is applied. */
function opens(denied: Judged, failure: Failure, facts: Facts, patch: DocumentPatch): boolean {
  const again = judge(failure, facts, withPatched(facts.documents, patch))
  return again?.find(({ need }) => need.action === denied.need.action && need.resource === denied.need.resource)?.decision.allowed === true
}

function missingText({ need }: Judged): Text {
  return said(
    `No statement of the policies allows ${need.action} on ${need.resource}.`,
    `所提供的策略没有语句允许对 ${need.resource} 执行 ${need.action}。`,
  )
}

function textOf({ need, decision }: Judged): Text {
  const by = decision.decidedBy
  const where = by === undefined ? (decision.layer ?? '') : `${by.policy}, Statement ${by.index}`
  return by === undefined
    ? said(`${where}: nothing allows ${need.action} on ${need.resource}.`, `${where}:没有允许对 ${need.resource} 的 ${need.action}。`)
    : said(`${where} denies ${need.action} on ${need.resource}.`, `${where} 拒绝对 ${need.resource} 的 ${need.action}。`)
}
