import { parseAcl, type PathAcl } from '../../azure/path-acl.ts'
import type { Facts } from '../facts.ts'
import { objectsIn, parsedJson } from '../json-text.ts'
import { placeIn, placeOf } from './place.ts'

/** The ACLs that reads of paths showed, in headers or as JSON. */
export function shownAcls(facts: Pick<Facts, 'successes' | 'connection'>): readonly PathAcl[] {
  return facts.successes.flatMap((observation): readonly PathAcl[] => {
    const { headers, message } = observation
    const body = objectsIn(parsedJson(message)).find((one) => typeof one['acl'] === 'string')
    const field = (name: string): string | undefined => (typeof body?.[name] === 'string' ? body[name] : undefined)
    const text =
      headers['x-ms-acl'] ??
      field('acl') ??
      (message !== undefined && /^(default:)?user::/.test(message.trim()) ? message.trim() : undefined)
    const entries = text === undefined ? undefined : parseAcl(text)
    // Letter by letter: the root of a container is no folder in it.
    const place = placeIn(observation.target) ?? placeOf(observation, facts)
    if (text === undefined || entries === undefined || place === undefined) return []
    const path = place.path.replace(/\/+$/, '')
    return [{ path, owner: headers['x-ms-owner'] ?? field('owner'), group: headers['x-ms-group'] ?? field('group'), entries, text }]
  })
}
