import { isObject } from '../../policy/shapes.ts'
import type { Principal } from '../../policy/types.ts'
import type { PatchStep } from '../../finding.ts'
import type { Observation } from '../case.ts'
import type { Explanation } from '../cause.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { pointer, statementAt, statementPath } from '../statement-patch.ts'
import { operationName } from './operations.ts'
import { at, withPatched } from './policies.ts'
import { accountOf, assumerOf, principalOf } from './subject.ts'
import { askTrust, askerWith, namedStrangers, NOBODYS } from './trust.ts'
import { trustChange } from './trust-change.ts'
import { trustValues } from './trust-gap.ts'
import { saysWithoutId } from '../operation-word.ts'

/** Whether the role lets us in without the external id that was agreed: as its trust policy has it, or as somebody tried. */
export function openTrust(facts: Facts): Explanation | undefined {
  const { method } = facts.connection
  if (method !== undefined && method !== 'role') return undefined
  const tried = facts.successes.find(isWithoutId)
  if (tried !== undefined)
    return {
      fits: 'named',
      for: [said('AssumeRole succeeded without the right external id.', '在没有正确外部 ID 的情况下 AssumeRole 成功。')],
      values: trustValues(facts),
      ...patchOf(facts),
    }
  const open = askers(facts).find((principal) =>
    [undefined, NOBODYS].some((id) => askTrust(facts, askerWith(principal, id))?.strict.allowed === true),
  )
  if (open === undefined) return undefined
  const patch = patchOf(facts)
  return {
    fits: patch.patch === undefined ? 'named' : 'proved',
    for: [
      said(
        'The trust policy lets us in with an id that nobody was given, or with none.',
        '使用从未分配的 ID 或不使用 ID,信任策略都会允许我们。',
      ),
    ],
    values: trustValues(facts),
    ...patch,
  }
}

/** A request that says of itself that it was sent without the id, or with a wrong one. */
export function isWithoutId(observation: Observation): boolean {
  return operationName(observation).startsWith('assumerole') && saysWithoutId(observation)
}

/** Ourselves; where nobody says who we are, whom of another account the policy names. Within one account there is no deputy to confuse. */
function askers(facts: Facts): readonly Principal[] {
  const own = assumerOf(facts)
  if (own === undefined) return namedStrangers(facts)
  return accountOf(own) === accountOf(principalOf(facts.connection.roleArn)) ? [] : [own]
}

/** The condition on the id, in the statement that lets us in. */
function patchOf(facts: Facts): Pick<Explanation, 'patch' | 'command' | 'terraform'> {
  const { trustPolicy } = facts.documents
  const { externalId } = facts.connection
  const principal = assumerOf(facts)
  if (trustPolicy === undefined || externalId === undefined || principal === undefined) return {}
  const index =
    askTrust(facts, askerWith(principal, undefined))?.decision.decidedBy?.index ??
    askTrust(facts, askerWith(principal, NOBODYS))?.decision.decidedBy?.index
  const statement = index === undefined ? undefined : statementAt(trustPolicy, index)
  if (index === undefined || statement === undefined) return {}
  const path = `${statementPath(trustPolicy, index)}/Condition`
  const condition = isObject(statement['Condition']) ? statement['Condition'] : undefined
  const present = condition?.['StringEquals']
  const steps: readonly PatchStep[] =
    condition === undefined
      ? [{ op: 'add', path, value: { StringEquals: { 'sts:ExternalId': externalId } } }]
      : isObject(present)
        ? [{ op: 'add', path: `${path}/StringEquals/${pointer('sts:ExternalId')}`, value: externalId }]
        : [{ op: 'add', path: `${path}/StringEquals`, value: { 'sts:ExternalId': externalId } }]
  const changed = withPatched(facts.documents, at.trustPolicy, steps)
  const allows = (id: string | undefined): boolean => askTrust(facts, askerWith(principal, id), changed)?.decision.allowed === true
  return allows(externalId) && !allows(undefined) && !allows(NOBODYS)
    ? { patch: { document: at.trustPolicy, steps }, ...trustChange('aws.sts.no_external_id', facts) }
    : {}
}
