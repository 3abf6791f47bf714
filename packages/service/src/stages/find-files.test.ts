import type { Location } from '@sluice/core'
import { createMemoryStore } from '@sluice/conformance'
import { describe, expect, it } from 'vitest'
import { findFiles, FIND_LIMITS, type FilesWanted, type FindContext } from './find-files.ts'

const STAGE: Location = { cloud: 'aws', bucket: 'b', prefix: 'data/', extent: 'folder' }

const KEYS = [
  'data/',
  'data/a.csv',
  'data/b.csv',
  'data/b.csv.bak',
  'data/empty.csv',
  'data/sub/',
  'data/sub/c.csv',
  'data/sub/d.json',
  'data2/x.csv',
  'other.csv',
]

function store() {
  const memory = createMemoryStore('b')
  for (const key of KEYS) memory.set(key, new Uint8Array(key.endsWith('/') || key.includes('empty') ? 0 : 10))
  return memory
}

async function find(wanted: Partial<FilesWanted>, changes: Partial<FindContext> = {}): Promise<readonly string[]> {
  const context: FindContext = { store: store(), location: STAGE, canList: true, limits: FIND_LIMITS, readTail: false, ...changes }
  const found = await findFiles(context, { path: '', ...wanted }, new AbortController().signal)
  return found.map((file) => file.filename)
}

describe('the files that a reference means', () => {
  it.each<readonly [string, Partial<FilesWanted>, readonly string[]]>([
    ['everything below, without folder markers and empty objects', {}, ['a.csv', 'b.csv', 'b.csv.bak', 'sub/c.csv', 'sub/d.json']],
    ['a folder', { path: 'sub/' }, ['sub/c.csv', 'sub/d.json']],
    ['one file, not those that begin alike', { path: 'b.csv' }, ['b.csv']],
    ['a folder without its slash, where no file is called so', { path: 'sub' }, ['sub/c.csv', 'sub/d.json']],
    ['nothing', { path: 'none.csv' }, []],
    ['a part of a name is no file', { path: 'b' }, []],
    ['a glob', { path: '*.csv' }, ['a.csv', 'b.csv']],
    ['a glob in a folder', { path: 'sub/*.{json,xml}' }, ['sub/d.json']],
    ['a pattern over the whole path', { pattern: '.*csv' }, ['a.csv', 'b.csv', 'sub/c.csv']],
    ['a pattern over the path below the folder', { path: 'sub/', pattern: 'c[.].*' }, ['sub/c.csv']],
    ['named files', { files: ['b.csv', 'sub/c.csv'] }, ['b.csv', 'sub/c.csv']],
    ['named files below a folder', { path: 'sub', files: ['d.json'] }, ['sub/d.json']],
    ['named files that match a pattern', { files: ['a.csv', 'b.csv'], pattern: 'b.*' }, ['b.csv']],
  ])('%s', async (_title, wanted, expected) => {
    expect(await find(wanted)).toEqual(expected)
  })

  it('are never outside the location', async () => {
    expect(await find({}, { location: { ...STAGE, prefix: 'data2/' } })).toEqual(['x.csv'])
  })

  it('are one object where the stage is one object', async () => {
    const location: Location = { ...STAGE, prefix: 'data/b.csv', extent: 'object' }
    expect(await find({}, { location })).toEqual(['b.csv'])
    expect(await find({ path: 'b.csv' }, { location })).toEqual(['b.csv'])
    expect(await find({ path: '.bak' }, { location })).toEqual([])
    expect(await find({}, { location: { ...location, prefix: 'data/gone.csv' } })).toEqual([])
  })

  it.each(['../x', 'a/../b', './a', '/etc/passwd', 'a\u0000b', 'a\nb', 'x'.repeat(2000)])('are not looked for under %j', async (path) => {
    await expect(find({ path })).rejects.toMatchObject({ reason: 'stage.path' })
    await expect(find({ files: [path] })).rejects.toMatchObject({ reason: 'stage.path' })
  })

  it('cannot be reached by escaping the dots', async () => {
    await expect(find({ path: '\\.\\./x' })).rejects.toMatchObject({ reason: 'stage.path' })
  })

  it('named ones must all exist', async () => {
    await expect(find({ files: ['a.csv', 'nope.csv'] })).rejects.toMatchObject({
      reason: 'stage.no_files',
      message: expect.stringContaining('nope.csv'),
    })
  })

  it('are refused when there are more than the limit', async () => {
    await expect(find({}, { limits: { files: 3, listed: 100 } })).rejects.toMatchObject({ reason: 'stage.too_many_files' })
    await expect(find({ pattern: 'x' }, { limits: { files: 3, listed: 5 } })).rejects.toMatchObject({ reason: 'stage.too_many_files' })
  })

  it('can be named one by one without the right to list, and only so', async () => {
    expect(await find({ path: 'a.csv' }, { canList: false })).toEqual(['a.csv'])
    expect(await find({ path: 'nope.csv' }, { canList: false })).toEqual([])
    await expect(find({ path: 'sub/' }, { canList: false })).rejects.toMatchObject({ reason: 'stage.no_list_access' })
  })
})
