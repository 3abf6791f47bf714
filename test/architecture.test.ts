import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

/** Who may import whom. The table of ARCHITECTURE.md; a package not named here may import nothing of ours. */
const ALLOWED: { readonly [owner: string]: readonly string[] } = {
  'packages/core': [],
  'packages/clouds': ['@sluice/core'],
  'packages/engines': ['@sluice/core'],
  'packages/store': ['@sluice/core'],
  'packages/service': ['@sluice/core'],
  'packages/api': ['@sluice/core'],
  'packages/lab': ['@sluice/core'],
  'packages/conformance': ['@sluice/core'],
  'apps/server': ['@sluice/api', '@sluice/clouds', '@sluice/core', '@sluice/engines', '@sluice/lab', '@sluice/service', '@sluice/store'],
  'apps/cli': ['@sluice/api', '@sluice/core', '@sluice/server'],
}

/** What tests may import besides. */
const FOR_TESTS = ['@sluice/lab', '@sluice/conformance']

const SPECIFIER = /^\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm

interface Source {
  readonly path: string
  readonly owner: string
  readonly imports: readonly string[]
  readonly text: string
  readonly isTest: boolean
}

function sources(): readonly Source[] {
  return Object.keys(ALLOWED).flatMap((owner) =>
    readdirSync(join(ROOT, owner), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path))
      .map((path) => {
        const text = readFileSync(join(ROOT, owner, path), 'utf8')
        const imports = [...text.matchAll(SPECIFIER)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
        return { path: join(owner, path), owner, imports, text, isTest: /\.(test|spec)\.ts$/.test(path) || path.startsWith('test/') }
      }),
  )
}

/** What breaks a rule, each as `file: import`. */
function breaking(rule: (source: Source, specifier: string) => boolean): readonly string[] {
  return sources().flatMap((source) =>
    source.imports.filter((specifier) => rule(source, specifier)).map((specifier) => `${source.path}: ${specifier}`),
  )
}

describe('who may import whom', () => {
  it('reads the imports of every package', () => {
    const seen = new Set(sources().map((source) => source.owner))
    expect([...seen].toSorted()).toEqual(Object.keys(ALLOWED).toSorted())
  })

  it('lets packages import only what the table allows', () => {
    expect(
      breaking(({ owner, isTest, path }, specifier) => {
        if (!specifier.startsWith('@sluice/')) return false
        if (specifier === `@sluice/${owner.slice(owner.indexOf('/') + 1)}`) return !isTest
        const allowed = [...(ALLOWED[owner] ?? []), ...(isTest ? [...FOR_TESTS, ...testExtras(path)] : [])]
        return !allowed.includes(specifier)
      }),
    ).toEqual([])
  })

  it('keeps Node and third parties out of core', () => {
    expect(breaking(({ owner, isTest }, specifier) => owner === 'packages/core' && !isTest && !specifier.startsWith('.'))).toEqual([])
  })

  it('keeps relative imports inside their package and ending in .ts', () => {
    expect(
      breaking(({ owner, path }, specifier) => {
        if (!specifier.startsWith('.')) return false
        const target = relative(join(ROOT, owner), resolve(ROOT, dirname(path), specifier))
        return target.startsWith('..') || !/\.(ts|tsx|json)$/.test(specifier)
      }),
    ).toEqual([])
  })

  it('never lets one cloud import another', () => {
    const cloud = (path: string): string | undefined => /^packages\/clouds\/src\/(aws|gcp|azure|aliyun|s3)\//.exec(path)?.[1]
    expect(
      breaking(({ path, isTest }, specifier) => {
        const own = cloud(path)
        if (own === undefined || isTest || !specifier.startsWith('.')) return false
        const other = cloud(relative(ROOT, resolve(ROOT, dirname(path), specifier)))
        return other !== undefined && other !== own
      }),
    ).toEqual([])
  })

  it('lets the command line load the server only when a command needs one', () => {
    const eager = sources().filter(
      ({ owner, isTest, text }) =>
        owner === 'apps/cli' && !isTest && /^\s*(?:import|export)\s(?!type)[^('"]*from\s*'@sluice\/server'/m.test(text),
    )
    expect(eager.map(({ path }) => path)).toEqual([])
  })

  it('reads the environment in the configuration of an app and nowhere else', () => {
    const readers = sources().filter(({ isTest, text }) => !isTest && /process\.env\b/.test(text))
    expect(readers.map(({ path }) => path).filter((path) => !/^apps\/[^/]+\/src\/(config|environment)\.ts$/.test(path))).toEqual([])
  })
})

/** End-to-end tests wire real parts together, which products must not. */
function testExtras(path: string): readonly string[] {
  if (path.startsWith('packages/service/test/')) return ['@sluice/clouds', '@sluice/store', '@sluice/engines']
  if (path.startsWith('apps/cli/'))
    return ['@sluice/server/testing', '@sluice/service', '@sluice/store', '@sluice/clouds', '@sluice/engines']
  return []
}
