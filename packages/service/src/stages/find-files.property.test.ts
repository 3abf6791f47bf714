import { compareKeys, type Location } from '@sluice/core'
import { createMemoryStore } from '@sluice/conformance'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { findFiles, FIND_LIMITS, type FilesWanted } from './find-files.ts'

const STAGE: Location = { cloud: 'aws', bucket: 'b', prefix: 'data/', extent: 'folder' }

/** Keys of few characters, so that wildcards hit; some are folder markers, some lie beside the stage. */
const part = fc.array(fc.constantFrom('a', 'b', 'A', '.', '-', '1', '*', '[', '+', 'é', '😀', ' '), { minLength: 1, maxLength: 4 })
const name = part.map((letters) => letters.join('')).filter((text) => text !== '.' && text !== '..')
const relative = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([path, folder]) => path.join('/') + (folder ? '/' : ''))
const keys = fc.uniqueArray(
  fc.tuple(fc.constantFrom('data/', 'data/', 'data/', 'data', 'dat', 'other/'), relative).map(([root, path]) => root + path),
  { maxLength: 30 },
)

async function found(all: readonly string[], wanted: FilesWanted): Promise<readonly string[]> {
  const store = createMemoryStore('b')
  for (const key of all) store.set(key, new Uint8Array(key.endsWith('/') ? 0 : 1))
  const context = { store, location: STAGE, canList: true, limits: FIND_LIMITS, readTail: false }
  return (await findFiles(context, wanted, new AbortController().signal)).map(({ filename }) => filename)
}

/** The files below the stage, in order. */
function filesOf(all: readonly string[]): readonly string[] {
  return all
    .filter((key) => key.startsWith('data/') && !key.endsWith('/'))
    .toSorted(compareKeys)
    .map((key) => key.slice('data/'.length))
}

type Step =
  | string
  | { readonly any: 'folders' | 'everything' | 'name' | 'one' }
  | { readonly set: string; readonly not: boolean }
  | { readonly words: readonly string[] }

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>('a', 'b', 'A', '.', '-', '1', '/', 'é', '*', '[', ' ') },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>({ any: 'folders' }, { any: 'everything' }, { any: 'name' }, { any: 'name' }, { any: 'one' }),
  },
  { weight: 2, arbitrary: fc.record({ set: fc.constantFrom('ab', 'a-z', ' -~', '.', '-1', '*[', 'é😀'), not: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ words: fc.array(fc.constantFrom('a', 'ab', '', '1.', 'é'), { minLength: 1, maxLength: 3 }) }) },
)

function written(steps: readonly Step[]): string {
  return steps
    .map((one) => {
      if (typeof one === 'string') return '*?[{\\'.includes(one) ? `\\${one}` : one
      if ('any' in one) return { folders: '**/', everything: '**', name: '*', one: '?' }[one.any]
      return 'set' in one ? `[${one.not ? '!' : ''}${one.set}]` : `{${one.words.join(',')}}`
    })
    .join('')
}

/** Whether the steps match the whole of the letters, by trying everything. */
function matches(steps: readonly Step[], letters: readonly string[]): boolean {
  const [first, ...rest] = steps
  const [letter, ...others] = letters
  if (first === undefined) return letter === undefined
  if (typeof first === 'string') return letter === first && matches(rest, others)
  if ('words' in first)
    return first.words.some((word) => letters.join('').startsWith(word) && matches(rest, letters.slice(Array.from(word).length)))
  if ('set' in first) return letter !== undefined && letter !== '/' && isIn(first.set, letter) !== first.not && matches(rest, others)
  if (first.any === 'one') return letter !== undefined && letter !== '/' && matches(rest, others)
  if (first.any === 'folders') {
    const slash = letters.indexOf('/')
    return matches(rest, letters) || (slash >= 0 && matches(steps, letters.slice(slash + 1)))
  }
  if (matches(rest, letters)) return true
  return letter !== undefined && (first.any === 'everything' || letter !== '/') && matches(steps, others)
}

function isIn(set: string, letter: string): boolean {
  const [from, dash, to] = Array.from(set)
  if (dash === '-' && from !== undefined && to !== undefined) return letter >= from && letter <= to
  return set.includes(letter)
}

/** Globs whose neighbours do not make other wildcards of each other, and that are paths one may ask for. */
const glob = fc
  .array(step, { minLength: 1, maxLength: 6 })
  .filter((steps) => steps.every((one, index) => typeof one !== 'object' || !('any' in one) || !isStar(steps[index + 1])))
  .filter((steps) => steps.some((one) => typeof one !== 'string'))
  .filter((steps) => !/^\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(written(steps)))
const isStar = (one: Step | undefined) => typeof one === 'object' && 'any' in one && one.any !== 'one'

it('a glob means exactly the files that its steps match', async () => {
  await fc.assert(
    fc.asyncProperty(keys, glob, async (all, steps) => {
      fc.pre(!steps.some((one, index) => typeof one === 'object' && 'any' in one && one.any === 'everything' && steps[index + 1] === '/'))
      const expected = filesOf(all).filter((file) => matches(steps, Array.from(file)))
      expect(await found(all, { path: written(steps) })).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})

it('a path means the file of that name, or the folder', async () => {
  await fc.assert(
    fc.asyncProperty(keys, relative, async (all, path) => {
      const files = filesOf(all)
      const folder = path.endsWith('/') ? path : `${path}/`
      const expected = files.includes(path) ? [path] : files.filter((file) => file.startsWith(folder))
      expect(await found(all, { path: path.replaceAll(/[\\*?[{]/g, String.raw`\$&`) })).toEqual(expected)
    }),
    { numRuns: 500 },
  )
})

it('a pattern chooses by the whole path below the folder', async () => {
  const piece = fc.constantFrom('a', 'b', '[.]', '.', '.*', '[^/]+', '(?:a|b)', '/', '\\*', 'é?', '[a-z]{1,2}', '(?i:A)', '1+')
  const pattern = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''))
  await fc.assert(
    fc.asyncProperty(keys, fc.constantFrom('', 'a/', 'b/', 'A/'), pattern, async (all, folder, text) => {
      // JavaScript knows no (?i:…) everywhere; the one here means either letter.
      const whole = new RegExp(`^(?:${text.replaceAll('(?i:A)', '[aA]')})$`, 'su')
      const expected = filesOf(all).filter((file) => file.startsWith(folder) && whole.test(file.slice(folder.length)))
      expect(await found(all, { path: folder, pattern: text })).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})

it('named files come in the order of their names, and a missing one is an error', async () => {
  await fc.assert(
    fc.asyncProperty(keys, fc.array(fc.nat(40), { minLength: 1, maxLength: 6 }), async (all, picks) => {
      const files = filesOf(all)
      const names = picks.map((pick) => files[pick] ?? 'missing')
      const result = found(all, { path: '', files: names })
      if (names.includes('missing')) await expect(result).rejects.toMatchObject({ reason: 'stage.no_files' })
      else expect(await result).toEqual(names)
    }),
    { numRuns: 300 },
  )
})
