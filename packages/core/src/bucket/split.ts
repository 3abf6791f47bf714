import type { ObjectInfo, ObjectStore } from '../ports/object-store.ts'
import { compareKeys } from './key.ts'

/** A stretch of keys: after one, through another; without an end it reaches to the last. */
export interface KeyRange {
  readonly after: string
  readonly through?: string
}

/** Folder levels that are asked for their next folders: more would cost requests that hardly ever find any. */
const MAX_LEVELS = 6

/** A part with less than this is not worth the page that it costs: each part reads on beyond its end. */
const PAGES_A_PART = 2

/**
 * Keys at which the rest of a listing can be cut into parts of similar size, from the page that came before it.
 *
 * Two sources: the folders that follow at each level above the page's last key, in one parallel round of delimiter listings;
 * and, where those do not tell, counting up the digits and letters in which the page's keys differ.
 * A wrong guess costs a request, never an object.
 */
export async function splitPoints(
  store: ObjectStore,
  prefix: string,
  page: readonly ObjectInfo[],
  range: KeyRange,
  limit: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const levels = await Promise.all(
    levelsOf(prefix, range).map(async (level) => {
      const request = { prefix: level, delimiter: '/', startAfter: range.after, maxKeys: store.capabilities.maxKeysPerPage }
      const { prefixes, continuation } = await store.listPage(request, signal)
      return { level, prefixes, isComplete: continuation === undefined }
    }),
  )
  const following = levels.flatMap(({ level, prefixes, isComplete }) => {
    // A full page of folders reaches no further than a page of objects may: it says little about where the rest lies.
    if (!isComplete) return thin(prefixes, 2)
    const width = foldersIn(page, level)
    return width === 1 ? prefixes : prefixes.filter((_, index) => (index + 1) % (width * PAGES_A_PART) === 0)
  })
  const known = new Set(levels.filter(({ isComplete }) => isComplete).map(({ level }) => level.length))
  const candidates = [...thin(following, limit), ...countedUp(prefix, page, range.after, known)]
  const inside = candidates.filter(
    (key) => compareKeys(key, range.after) > 0 && (range.through === undefined || compareKeys(key, range.through) < 0),
  )
  return thin([...new Set(inside)].toSorted(compareKeys), limit)
}

/**
 * The folders above the start of a range in which other folders of the range may follow, from the prefix down: all that enclose it but the
 * innermost, without those whose next folder down reaches to the end of the range.
 */
function levelsOf(prefix: string, { after, through }: KeyRange): readonly string[] {
  const found: string[] = []
  let level = prefix
  for (let slash = after.indexOf('/', prefix.length); slash !== -1; slash = after.indexOf('/', slash + 1)) {
    const inner = after.slice(0, slash + 1)
    if (through?.startsWith(inner) !== true) found.push(level)
    level = inner
  }
  return found.slice(0, MAX_LEVELS)
}

/** How many folders directly below a level the page reaches into. */
function foldersIn(page: readonly ObjectInfo[], level: string): number {
  return new Set(page.map(({ key }) => (key.startsWith(level) ? key.slice(0, key.indexOf('/', level.length) + 1) : ''))).size
}

/**
 * Keys greater than `last` that differ from it in one character, at the places that matter: up to the first one in which the page varies.
 * Beyond that place a page holds all there is, so nothing is gained by cutting there. Nor in the names of folders that are `known`,
 * told by where they begin.
 */
function countedUp(prefix: string, page: readonly ObjectInfo[], last: string, known: ReadonlySet<number>): readonly string[] {
  const first = page[0]?.key ?? last
  let varying = prefix.length
  while (varying < last.length - 1 && first[varying] === last[varying]) varying++
  const found: string[] = []
  let isKnown = false
  for (let index = prefix.length; index <= varying && index < last.length; index++) {
    const character = last[index] ?? ''
    const begins = index === prefix.length || last[index - 1] === '/'
    if (begins) isKnown = known.has(index)
    if (isKnown) continue
    const nexts =
      index === varying
        ? successors(character, new Set(page.map((object) => object.key[index] ?? '')))
        : begins
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
