import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { VERBS } from '../apps/cli/src/verbs/index.ts'
import { landingPage } from '../apps/server/src/http/landing.ts'
import manifest from '../package.json' with { type: 'json' }
import { fencesOf, stepsOf } from './support/pages.ts'
import { type Beginning, type Reader, startReader } from './support/reader.ts'

const ROOT = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** The pages with blocks to run, and what their reader has before. */
const RUN: readonly (readonly [path: string, beginning: Beginning])[] = [
  ['README.md', 'credentials'],
  ['docs/clouds/aliyun.md', 'credentials'],
  ['docs/clouds/aws.md', 'credentials'],
  ['docs/clouds/azure.md', 'credentials'],
  ['docs/clouds/gcp.md', 'credentials'],
  ['docs/clouds/s3.md', 'credentials'],
  ['docs/diagnosis.md', 'nothing'],
  ['docs/lab.md', 'nothing'],
  ['docs/api.md', 'server'],
  ['docs/sql.md', 'server'],
]
const PAGES = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'packages/*/src/**/*.md', 'apps/*/*.md'], {
  cwd: ROOT,
  exclude: (path) => path.split('/').includes('node_modules'),
}).toSorted()

const readers: Reader[] = []
afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.close())))

describe('a page does what it says', () => {
  it.each(RUN)('%s', { timeout: 120_000 }, async (path, beginning) => {
    const reader = await startReader(beginning)
    readers.push(reader)
    const steps = stepsOf(read(path))
    expect(steps).not.toEqual([])
    for (const step of steps) {
      const output = await reader.follow(step).catch((cause: unknown) => {
        throw new Error(`${path}, line ${step.line}: ${cause instanceof Error ? cause.message : ''}`, { cause })
      })
      // What a page says that a line prints, it prints.
      if (step.kind === 'ts' && output !== undefined)
        for (const [, said = ''] of step.text.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)) expect(output).toContain(said)
    }
  })

  it('has every block marked to run in a page that is run', () => {
    const known = new Set(RUN.map(([path]) => path))
    expect(PAGES.filter((path) => !known.has(path) && stepsOf(read(path)).length > 0)).toEqual([])
  })
})

describe.each(PAGES)('%s', (path) => {
  const text = read(path)

  it('links to what exists', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '')
    expect(targets.filter((target) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([])
  })

  it('shows files as they are', () => {
    const shown = fencesOf(text).flatMap(({ info, text }) =>
      info.flatMap((word) => (word.startsWith('file=') ? [{ file: word.slice(5), text }] : [])),
    )
    expect(shown.filter(({ file, text }) => read(file) !== text).map(({ file }) => file)).toEqual([])
  })

  it('names commands and flags that exist', () => {
    const code = [...fencesOf(text).map((fence) => fence.text), ...[...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')]
    expect(code.flatMap((block) => [...unknownCommands(block), ...unknownScripts(block)])).toEqual([])
  })
})

it("names commands that exist on the server's page", () => {
  const commands = [...landingPage('0.1.0').html.matchAll(/<code>([^<]*)<\/code>/g)].map((match) => match[1] ?? '')
  expect(commands).not.toEqual([])
  expect(commands.flatMap(unknownCommands)).toEqual([])
})

/** Commands of `sluice` in some code that the command line would not take. */
function unknownCommands(code: string): readonly string[] {
  const lines = code.replaceAll(/\\\n\s*/g, ' ').split(/\n|&&|\|\||[;|│]|\$\(/)
  return lines.flatMap((line) => {
    const words = /(?:^|\s|")sluice ((?:[a-z]|--).*)$/.exec(line.replace(/\s#.*$/, ''))?.[1]?.split(/[\s,]+/)
    if (words === undefined) return []
    const [noun, name] = words
    const named = VERBS.filter((one) => one.noun === noun)
    const verb = named.find((one) => one.verb === name) ?? named.find((one) => one.verb === undefined)
    if (verb === undefined) return noun?.startsWith('--') === true ? [] : [line.trim()]
    const flags = [
      '--json',
      '--no-input',
      '--help',
      '--server',
      ...(verb.options ?? []).map((option) => /--[a-z-]+/.exec(option.flags)?.[0]),
    ]
    const strange = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*|[^a-z-]+$/g, ''))
    return verb.openFlags === undefined && strange.some((flag) => !flags.includes(flag)) ? [line.trim()] : []
  })
}

/** npm scripts in some code that package.json does not have. */
function unknownScripts(code: string): readonly string[] {
  const known = Object.keys(manifest.scripts)
  const named = [...code.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].map((match) => match[1] ?? '')
  return named.filter((name) => !known.includes(name))
}
