import type { Access } from '../../access.ts'
import type { Clue } from '../clue.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { judge } from './judge.ts'
import { gcpCapability, PERMISSIONS } from './operations.ts'
import { locationOf } from './place.ts'

const NOTHING: Clue = { fields: {} }

/**
 * What the bindings alone refuse, of what the connection is for and nobody has observed. Where something was served that they do not
 * give, they are not all there are: then nothing is said.
 */
export function predictGcp(facts: Facts): readonly Failure[] {
  const location = locationOf(facts)
  if (location === undefined || facts.documents.bindings === undefined) return []
  const served = facts.successes.map((observation): Failure => {
    const capability = gcpCapability(observation, NOTHING, facts.connection)
    return { observation, clue: NOTHING, ...(capability === undefined ? {} : { capability }) }
  })
  if (served.some((one) => one.capability !== undefined && judge(one, facts)?.decision.effect === 'deny')) return []
  return (facts.connection.access ?? []).flatMap((access): readonly Failure[] => {
    if ([...served, ...facts.failures].some(({ capability }) => capability === access)) return []
    const failure = predicted(access, `gs://${location.bucket}/${location.key}`)
    return judge(failure, facts)?.decision.effect === 'deny' ? [failure] : []
  })
}

/** A request that nobody made: the bindings say how it would end. */
function predicted(access: Access, target: string): Failure {
  const operation = PERMISSIONS[access]
  return { observation: { index: -1, operation, target, ok: false, headers: {} }, clue: NOTHING, capability: access }
}
