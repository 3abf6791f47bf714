import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts'
import { compareKeys } from './key.ts'

/** A stretch of keys: after one, through another; without an end it reaches to the last. */
export interface KeyRange {
  readonly after: string
  readonly through?: string
}

/** Folder levels that are asked for their next folders: more would cost requests that hardly ever find any. */
const MAX_LEVELS = 6

/**
 * Guesses keys at which the rest of a listing can be cut into parts of similar size, from the page that came before it.
 *
 * Two sources: the folders that follow at each level above the page's last key, in one parallel round of delimiter listings;
 * and counting up the digits and letters in which the page's keys differ, for flat names. A wrong guess costs a request, never an object.
 */
export async function splitPoints(
  store: ObjectStore,
  prefix: string,
  page: readonly ObjectInfo[],
  range: KeyRange,
  limit: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const folders = await Promise.all(
    levels(prefix, range.after).map((level) =>
      store.listPage({ prefix: level, delimiter: '/', startAfter: range.after, maxKeys: store.capabilities.maxKeysPerPage }, signal),
    ),
  )
  // A full page of folders reaches no further than a page of objects may: it says little about where the rest lies.
  const following = folders.flatMap((listed) => (listed.continuation === undefined ? listed.prefixes : thin(listed.prefixes, 2)))
  const candidates = [...thin(following, limit), ...countedUp(prefix, page, range.after)]
  const inside = candidates.filter(
    (key) => compareKeys(key, range.after) > 0 && (range.through === undefined || compareKeys(key, range.through) < 0),
  )
  return thin([...new Set(inside)].toSorted(compareKeys), limit)
}

/** The folders above a key in which other folders may follow, from the prefix down: all that enclose it but the innermost. */
function levels(prefix: string, key: string): readonly string[] {
  const found = [prefix]
  for (let slash = key.indexOf('/', prefix.length); slash !== -1; slash = key.indexOf('/', slash + 1)) found.push(key.slice(0, slash + 1))
  return found.slice(0, -1).slice(0, MAX_LEVELS)
}

/**
 * Keys greater than `last` that differ from it in one character, at the places that matter: up to the first one in which the page varies.
 * Beyond that place a page holds all there is, so nothing is gained by cutting there.
 */
function countedUp(prefix: string, page: readonly ObjectInfo[], last: string): readonly string[] {
  const first = page[0]?.key ?? last
  let varying = prefix.length
  while (varying < last.length - 1 && first[varying] === last[varying]) varying++
  const found: string[] = []
  for (let index = prefix.length; index <= varying && index < last.length; index++) {
    const character = last[index] ?? ''
    const nexts =
      index === varying
        ? successors(character, new Set(page.map((object) => object.key[index] ?? '')))
        : index === prefix.length || last[index - 1] === '/'
          ? thin(successors(character, new Set([character])), NAMES_AHEAD)
          : /[0-9]/.test(character)
            ? successors(character, new Set([character]))
            : []
    for (const next of nexts) found.push(last.slice(0, index) + next)
  }
  return found
}

/** How many first letters of other names are tried: most are not there, and each costs a request. */
const NAMES_AHEAD = 4
const ALPHABETS = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']

/** What may follow a character: the rest of its alphabet, and hexadecimal letters where such were `seen` among digits. */
function successors(character: string, seen: ReadonlySet<string>): readonly string[] {
  const alphabet = ALPHABETS.find((each) => character !== '' && each.includes(character))
  if (alphabet === undefined) return []
  const rest = alphabet.slice(alphabet.indexOf(character) + 1).split('')
  const isHexadecimal = [...seen].every((each) => /^[0-9A-Fa-f]$/.test(each)) && [...seen].some((each) => /[0-9]/.test(each))
  if (alphabet !== ALPHABETS[0]) return isHexadecimal ? rest.filter((next) => /[A-Fa-f]/.test(next)) : rest
  const letters = ['ABCDEF', 'abcdef'].filter((each) => [...seen].some((one) => each.includes(one)))
  return [...rest, ...letters.flatMap((each) => each.split(''))]
}

/** At most `limit` of the candidates, evenly spread. */
function thin(candidates: readonly string[], limit: number): readonly string[] {
  if (candidates.length <= limit) return candidates
  return Array.from({ length: limit }, (_, index) => candidates[Math.floor(((index + 0.5) * candidates.length) / limit)] ?? '')
}
