import { describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../test/support/sql-world.ts'

const signal = new AbortController().signal

async function worldWithStage(more: { readonly [key: string]: string } = {}): Promise<World> {
  const world = createWorld({ 'data/a.csv': 'a', 'data/sub/b.csv': 'b', 'data/sub/c.csv': 'c', 'data2/x': 'x', ...more })
  await world.run("CREATE CONNECTION c STORAGE_TYPE='s3' ROLE_ARN='arn:x'")
  await world.stages.create(world.caller, { name: 'Lake', connection: 'c', url: 's3://test-bucket-123/data/' }, 'create')
  return world
}

describe('a stage', () => {
  it('keeps its id when it is replaced, and is found in any case', async () => {
    const world = await worldWithStage()
    const before = await world.stages.get(world.caller, 'LAKE')
    const after = await world.stages.create(
      world.caller,
      { name: 'lake', connection: 'c', url: 's3://test-bucket-123/', format: { type: 'csv', skipHeader: 1 } },
      'replace',
    )
    expect(after).toMatchObject({ id: before.id, name: 'Lake', location: { prefix: '' }, format: { type: 'csv', skipHeader: 1 } })
  })

  it('is left alone by if-not-exists, and refused by create', async () => {
    const world = await worldWithStage()
    const input = { name: 'lake', connection: 'c', url: 's3://test-bucket-123/other/' }
    expect(await world.stages.create(world.caller, input, 'if-not-exists')).toMatchObject({ location: { prefix: 'data/' } })
    await expect(world.stages.create(world.caller, input, 'create')).rejects.toMatchObject({ code: 'conflict', reason: 'stage.exists' })
  })

  it('lies within the locations of its connection', async () => {
    const world = await worldWithStage()
    const connection = world.connections.get('c')
    const location = { cloud: 'aws', bucket: 'test-bucket-123', prefix: 'data/', extent: 'folder' } as const
    if (connection) world.connections.set('c', { ...connection, locations: [location] })
    const create = (url: string) => world.stages.create(world.caller, { name: 'new', connection: 'c', url }, 'replace')
    await expect(create('s3://test-bucket-123/data/sub/')).resolves.toBeDefined()
    await expect(create('s3://test-bucket-123/data2/')).rejects.toMatchObject({ reason: 'stage.outside_connection' })
    await expect(create('s3://other/data/')).rejects.toMatchObject({ reason: 'stage.outside_connection' })
  })

  it('is one object only where its connection is for that object', async () => {
    const world = await worldWithStage({ 'data/a.csv-private/salaries.csv': 's' })
    const connection = world.connections.get('c')
    const location = { cloud: 'aws', bucket: 'test-bucket-123', prefix: 'data/a.csv', extent: 'object' } as const
    if (connection) world.connections.set('one', { ...connection, id: 'conn_one', name: 'one', locations: [location] })
    const create = (name: string) =>
      world.stages.create(world.caller, { name, connection: name, url: 's3://test-bucket-123/data/a.csv' }, 'create')
    await expect(create('c')).rejects.toMatchObject({
      reason: 'stage.url',
      remedy: expect.stringContaining("'s3://test-bucket-123/data/a.csv/'"),
    })
    await create('one')
    for (const request of [{}, { delimiter: '/' } as const])
      expect(await world.stages.files(world.caller, 'one', request, signal)).toMatchObject({ objects: [{ key: 'a.csv' }], prefixes: [] })
  })

  it('lists its files by names of its own, folder by folder', async () => {
    const world = await worldWithStage()
    const keys = async (request: Parameters<World['stages']['files']>[2]) => {
      const page = await world.stages.files(world.caller, 'lake', request, signal)
      return [...page.prefixes, ...page.objects.map((object) => object.key)]
    }
    expect(await keys({})).toEqual(['a.csv', 'sub/b.csv', 'sub/c.csv'])
    expect(await keys({ delimiter: '/' })).toEqual(['sub/', 'a.csv'])
    expect(await keys({ path: 'sub/', delimiter: '/' })).toEqual(['sub/b.csv', 'sub/c.csv'])
    expect(world.opened.at(-1)).toBe('s3://test-bucket-123/data/ list')
  })

  it('pages its files', async () => {
    const world = await worldWithStage()
    const first = await world.stages.files(world.caller, 'lake', { limit: 2 }, signal)
    expect(first.objects).toHaveLength(2)
    const next = await world.stages.files(world.caller, 'lake', { limit: 2, continuation: first.continuation ?? '' }, signal)
    expect([next.objects.map((object) => object.key), next.continuation]).toEqual([['sub/c.csv'], undefined])
  })

  it.each(['../data2/', '/etc', 'a/./b', 'a\tb'])('does not list %j', async (path) => {
    const world = await worldWithStage()
    await expect(world.stages.files(world.caller, 'lake', { path }, signal)).rejects.toMatchObject({ reason: 'stage.path' })
  })

  it('is audited when it is made, replaced, refused and deleted', async () => {
    const world = await worldWithStage()
    await world.stages.create(world.caller, { name: 'lake', connection: 'c', url: 's3://test-bucket-123/' }, 'replace')
    await expect(world.stages.create(world.caller, { name: 'no name', connection: 'c', url: 's3://b/' }, 'create')).rejects.toThrow('name')
    await world.stages.delete(world.caller, 'lake', false)
    await world.stages.delete(world.caller, 'lake', true)
    await expect(world.stages.delete(world.caller, 'lake', false)).rejects.toMatchObject({ reason: 'stage.unknown' })
    expect(world.audit.map((event) => `${event.action} ${event.target} ${event.result}`)).toEqual([
      'stage.create Lake ok',
      'stage.replace lake ok',
      'stage.create (not a name) refused',
      'stage.delete lake ok',
      'stage.delete lake refused',
    ])
  })
})
