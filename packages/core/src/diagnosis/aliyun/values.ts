import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { callerOf, placeOf } from './subject.ts'

/** Values for the texts of remedies. */
export function valuesOf({ observation, clue }: Failure, facts: Facts): { readonly [name: string]: string } {
  const place = placeOf(observation, facts)
  const caller = callerOf(facts, clue)
  const name = caller?.kind === 'role-session' ? caller.roleName : caller?.kind === 'user' ? caller.userName : undefined
  return {
    ...(place === undefined ? {} : { bucket: place.bucket, prefix: place.key }),
    ...(name === undefined || name === '' ? {} : { name }),
    ...(clue.action === undefined ? {} : { action: clue.action }),
    ...(clue.endpoint === undefined ? {} : { endpoint: clue.endpoint }),
  }
}
