import { inspect } from 'node:util'
import type { Connection } from '@sluice/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { KEYS } from './support/lease-cloud.ts'
import { createOffice, never, PLATFORM, ROLE, roleInput, type Office } from './support/office.ts'

let office: Office
beforeEach(async () => {
  office = await createOffice()
})

const externalIdOf = ({ auth }: Connection) => (auth.method === 'role' ? auth.externalId : undefined)

describe('creating', () => {
  it('issues an external id before a role exists', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput({ auth: {} }))
    expect(externalIdOf(connection)).toEqual({ kind: 'issued', value: expect.stringMatching(/^sluice-[0-9a-f]{32}$/) })
    expect(connection).toMatchObject({
      id: expect.stringMatching(/^conn_[a-z2-7]{20}$/),
      state: 'draft',
      version: 1,
      project: 'alpha',
      purposes: ['import'],
      access: ['list', 'read'],
    })
    expect(await office.connections.get(office.alpha, 'LAKE')).toEqual(connection)
  })

  it('waits for its first validation once the role is known', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput())
    expect(connection.state).toBe('waiting')
  })

  it('puts keys into the vault, and shows them nowhere', async () => {
    const created = await office.connections.create(office.alpha, roleInput({ method: 'keys', auth: KEYS }))
    const seen = [created, await office.connections.list(office.alpha, {}), await office.events(office.alpha)]
    expect(inspect(seen, { depth: 20 })).not.toContain(KEYS.secretAccessKey)
    const { auth, id } = created.connection
    expect(await office.store.secrets.get(auth.secretId ?? '', id)).toEqual({ secretAccessKey: KEYS.secretAccessKey })
  })

  it('parses several locations, a single file as itself or as its folder', async () => {
    const locations = ['s3://b/one/', 's3://b/two/file.csv', 's3://b/one/', 's3://c/file.csv']
    const prefixes = async (name: string, singleFile: 'object' | 'folder') =>
      (await office.connections.create(office.alpha, roleInput({ name, locations, singleFile }))).connection.locations.map(
        ({ bucket, prefix, extent }) => `${bucket}:${prefix}:${extent}`,
      )
    expect(await prefixes('files', 'object')).toEqual(['b:one/:folder', 'b:two/file.csv:object', 'c:file.csv:object'])
    expect(await prefixes('folders', 'folder')).toEqual(['b:one/:folder', 'b:two/:folder', 'c::bucket'])
  })

  it.each([
    ['a name with a space', { name: 'my lake' }, 'name.invalid'],
    ['a name that begins with a digit', { name: '1lake' }, 'name.invalid'],
    ['a name of 64 characters', { name: 'a'.repeat(64) }, 'name.invalid'],
    ['a cloud that is not there', { cloud: 'gcp' }, 'connection.unknown_cloud'],
    ['a method that is not there', { method: 'magic' }, 'auth.unknown_method'],
    ['a description with a control character', { description: 'a\u0007b' }, 'connection.bad_text'],
    ['a description of 1,001 characters', { description: 'x'.repeat(1_001) }, 'connection.bad_text'],
    ['a label key with a space', { labels: { 'my team': 'x' } }, 'connection.bad_text'],
    ['a label value of two lines', { labels: { team: 'a\nb' } }, 'connection.bad_text'],
    ['101 locations', { locations: Array.from({ length: 101 }, (_, n) => `s3://b/${n}/`) }, 'connection.bad_location'],
    ['a location of 2,049 characters', { locations: [`s3://b/${'x'.repeat(2_042)}`] }, 'connection.bad_location'],
    ['a location of no cloud', { locations: ['nonsense'] }, 'location.invalid'],
    ['an endpoint on a cloud that has its own', { settings: { endpoint: 'https://s3.example.com' } }, 'connection.endpoint_refused'],
    ['a region that is no word', { settings: { region: 'us west' } }, 'connection.bad_setting'],
    ['a key id without KMS', { settings: { encryption: { algorithm: 'AES256', keyId: 'k' } } }, 'connection.bad_setting'],
    ['a purpose that the method cannot serve', { method: 'none', auth: {}, purposes: ['export'] }, 'connection.bad_purpose'],
  ] as const)('refuses %s', async (_, input, reason) => {
    await expect(office.connections.create(office.alpha, roleInput(input))).rejects.toMatchObject({ reason })
    expect(await office.connections.list(office.alpha, {})).toEqual([])
    expect(await office.events(office.alpha)).toMatchObject([{ action: 'connection.create', result: 'refused', reason }])
  })

  it('does not repeat in the audit what cannot be a name', async () => {
    await expect(office.connections.create(office.alpha, roleInput({ name: KEYS.secretAccessKey + '/' }))).rejects.toThrow('name')
    expect(inspect(await office.events(office.alpha))).not.toContain(KEYS.secretAccessKey)
  })

  it('refuses a name taken in another case, and leaves no secret behind', async () => {
    await office.connections.create(office.alpha, roleInput())
    const again = office.connections.create(office.alpha, roleInput({ name: 'LAKE', method: 'keys', auth: KEYS }))
    await expect(again).rejects.toMatchObject({ code: 'conflict', reason: 'store.duplicate' })
  })
})

describe('S3-compatible stores', () => {
  const input = { cloud: 's3', method: 'keys', auth: KEYS } as const
  beforeEach(async () => {
    const { lake } = office
    office = await createOffice({ clouds: [{ ...lake.cloud, id: 's3', takesEndpoint: true }] })
  })

  it.each([
    ['no endpoint', {}, 'connection.bad_setting'],
    ['a password in the endpoint', { endpoint: 'https://u:c4n4ry@s3.example.com' }, 'connection.bad_setting'],
    ['a query in the endpoint', { endpoint: 'https://s3.example.com/?a=b' }, 'connection.bad_setting'],
    ['another protocol', { endpoint: 'file:///etc/passwd' }, 'connection.bad_setting'],
  ])('refuse %s', async (_, settings, reason) => {
    const error = await office.connections.create(office.alpha, roleInput({ ...input, settings })).catch((error: unknown) => error)
    expect(error).toMatchObject({ reason })
    expect(inspect(error)).not.toContain('c4n4ry')
  })

  it('refuse roles: a session of ours would go to the endpoint', async () => {
    const settings = { endpoint: 'https://s3.example.com' }
    await expect(office.connections.create(office.alpha, roleInput({ cloud: 's3', settings }))).rejects.toMatchObject({
      reason: 'connection.role_on_endpoint',
    })
    await office.connections.create(office.alpha, roleInput({ ...input, settings }))
  })
})

describe('external ids', () => {
  it('may be chosen, or absent, in a single-organization installation', async () => {
    const chosen = await office.connections.create(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId: 'my-external-id-123' } }))
    expect(externalIdOf(chosen.connection)).toEqual({ kind: 'chosen', value: 'my-external-id-123' })
    const open = await office.connections.create(
      office.alpha,
      roleInput({ name: 'open', auth: { roleArn: `${ROLE}-2`, externalId: 'none' } }),
    )
    expect(externalIdOf(open.connection)).toEqual({ kind: 'none' })
  })

  it.each(['my-external-id-123', 'none'])('are only issued where several organizations share us: %s is refused', async (externalId) => {
    office = await createOffice({ mode: { multiOrganization: true } })
    const error = await office.connections
      .create(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId } }))
      .catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'forbidden', reason: 'connection.external_id_chosen', remedy: expect.stringContaining('Leave') })
    await office.connections.create(office.alpha, roleInput())
  })

  it('of another project are refused, also after that project gave its connection up', async () => {
    const auth = { roleArn: ROLE, externalId: 'my-external-id-123' }
    await office.connections.create(office.alpha, roleInput({ auth }))
    await expect(office.connections.create(office.beta, roleInput({ auth }))).rejects.toMatchObject({ reason: 'store.external_id_taken' })
    await office.connections.delete(office.alpha, 'lake')
    await expect(office.connections.create(office.beta, roleInput({ auth }))).rejects.toMatchObject({ reason: 'store.external_id_taken' })
  })

  it('are not exchanged for another by way of another method', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput())
    await office.connections.replace(office.alpha, roleInput({ method: 'keys', auth: KEYS }))
    for (const externalId of ['my-external-id-123', 'none'])
      await expect(
        office.connections.replace(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId } })),
        externalId,
      ).rejects.toMatchObject({
        reason: 'connection.external_id_fixed',
      })
    const back = await office.connections.replace(office.alpha, roleInput())
    expect(back.connection.auth).toEqual(connection.auth)
  })

  it('stay through updates, renaming, replacing and a change of method and back', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput({ auth: {} }))
    const issued = externalIdOf(connection)
    await office.connections.update(office.alpha, 'lake', { name: 'sea', description: 'new' })
    await office.connections.update(office.alpha, 'sea', { auth: { roleArn: ROLE } })
    await office.connections.replace(office.alpha, roleInput({ name: 'SEA', auth: { roleArn: `${ROLE}-2` } }))
    expect(await office.connections.get(office.alpha, 'sea')).toMatchObject({ id: connection.id, auth: { externalId: issued } })
    await office.connections.replace(office.alpha, roleInput({ name: 'sea', method: 'keys', auth: KEYS }))
    expect((await office.connections.get(office.alpha, 'sea')).auth.method).toBe('keys')
    await office.connections.replace(office.alpha, roleInput({ name: 'sea' }))
    expect(await office.connections.get(office.alpha, 'sea')).toMatchObject({ id: connection.id, auth: { externalId: issued } })
  })

  it('are not exchanged by a change that names another one', async () => {
    await office.connections.create(office.alpha, roleInput())
    const auth = { roleArn: ROLE, externalId: 'another-id' }
    await expect(office.connections.update(office.alpha, 'lake', { auth })).rejects.toMatchObject({
      reason: 'connection.external_id_fixed',
    })
    await expect(office.connections.replace(office.alpha, roleInput({ auth }))).rejects.toMatchObject({
      reason: 'connection.external_id_fixed',
    })
    await expect(office.connections.update(office.alpha, 'lake', { auth: { externalId: 'none' } })).rejects.toMatchObject({
      reason: 'connection.external_id_fixed',
    })
  })

  it.each(['my-external-id-123', 'none'])('chosen as %s stay so when replaced without or with the same', async (externalId) => {
    const { connection } = await office.connections.create(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId } }))
    await office.connections.replace(office.alpha, roleInput())
    const { connection: replaced } = await office.connections.replace(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId } }))
    expect(externalIdOf(replaced)).toEqual(externalIdOf(connection))
  })
})

describe('changing', () => {
  it('names the version it was based on, or is refused', async () => {
    await office.connections.create(office.alpha, roleInput())
    const { connection } = await office.connections.update(office.alpha, 'lake', { description: 'second' }, 1)
    expect(connection).toMatchObject({ version: 2, description: 'second' })
    await expect(office.connections.update(office.alpha, 'lake', { description: 'third' }, 1)).rejects.toMatchObject({
      reason: 'store.version',
    })
  })

  it('without a version, concurrent changes all come to pass', async () => {
    await office.connections.create(office.alpha, roleInput())
    await Promise.all([
      office.connections.update(office.alpha, 'lake', { description: 'new' }),
      office.connections.update(office.alpha, 'lake', { labels: { team: 'a' } }),
      office.connections.update(office.alpha, 'lake', { purposes: ['import', 'export'] }),
    ])
    expect(await office.connections.get(office.alpha, 'lake')).toMatchObject({
      description: 'new',
      labels: { team: 'a' },
      purposes: ['import', 'export'],
      access: ['list', 'read', 'write'],
      version: 4,
    })
  })

  it('keeps the role where a change of authentication does not name one', async () => {
    await office.connections.create(office.alpha, roleInput())
    const { connection } = await office.connections.update(office.alpha, 'lake', { auth: {} })
    expect(connection).toMatchObject({ state: 'waiting', auth: { fields: { roleArn: ROLE } } })
  })

  it('rotates keys, and the former secret is gone', async () => {
    const { connection } = await office.connections.create(office.alpha, roleInput({ method: 'keys', auth: KEYS }))
    const rotated = await office.connections.update(office.alpha, 'lake', { auth: { ...KEYS, secretAccessKey: 'n'.repeat(40) } })
    const secretId = ({ auth }: Connection) => auth.secretId ?? ''
    expect(await office.store.secrets.get(secretId(connection), connection.id)).toBeUndefined()
    expect(await office.store.secrets.get(secretId(rotated.connection), connection.id)).toEqual({ secretAccessKey: 'n'.repeat(40) })
  })

  describe('of a connection that has passed', () => {
    const pinned = { bucketOwner: '987654321987', region: 'us-west-2' }
    beforeEach(async () => {
      const { connection } = await office.connections.create(office.alpha, roleInput())
      await office.store.connections.update({ ...connection, state: 'ready', firstPassedAt: connection.createdAt, pinned, version: 2 })
    })

    it('leaves its state when nothing that is tested changes', async () => {
      await office.connections.update(office.alpha, 'lake', { description: 'new', labels: {} })
      const { connection } = await office.connections.replace(office.alpha, roleInput({ description: 'newer' }))
      expect(connection).toMatchObject({ state: 'ready', firstPassedAt: connection.createdAt, pinned })
    })

    it('makes it untried when the grant changes, but keeps the owner pinned', async () => {
      const { connection } = await office.connections.update(office.alpha, 'lake', { purposes: ['backup'] })
      expect(connection).toMatchObject({ state: 'waiting', pinned })
      expect(connection.firstPassedAt).toBeUndefined()
    })

    it('forgets the pinned owner with the bucket alone', async () => {
      const same = await office.connections.update(office.alpha, 'lake', { locations: ['s3://test-bucket-123/other/'] })
      expect(same.connection.pinned).toEqual(pinned)
      const { connection } = await office.connections.update(office.alpha, 'lake', { locations: ['s3://another-bucket/'] })
      expect(connection.pinned).toBeUndefined()
    })

    it('a disabled one stays disabled until it is enabled, as its last validation left it', async () => {
      expect(await office.connections.disable(office.alpha, 'lake')).toMatchObject({ state: 'disabled', version: 3 })
      expect(await office.connections.disable(office.alpha, 'lake')).toMatchObject({ version: 3 })
      expect((await office.connections.replace(office.alpha, roleInput())).connection.state).toBe('disabled')
      expect(await office.connections.enable(office.alpha, 'lake')).toMatchObject({ state: 'ready' })
      expect(await office.connections.enable(office.alpha, 'lake')).toMatchObject({ version: 5 })
    })
  })
})

describe('deleting', () => {
  it('shows what it breaks and what the customer may remove, and is refused while stages use it', async () => {
    const settings = { kmsReadKeys: ['arn:aws:kms:us-west-2:987654321987:key/k'] }
    const { connection } = await office.connections.create(office.alpha, roleInput({ settings }))
    const location = connection.locations[0]
    if (!location) throw new Error('expected a location')
    await office.store.stages.create({
      id: 'stage_1',
      project: 'alpha',
      name: 'files',
      connectionId: connection.id,
      location,
      format: { type: 'parquet', compression: 'auto' },
      comment: '',
      createdAt: '',
      updatedAt: '',
    })
    const plan = await office.connections.deletionPlan(office.alpha, 'lake')
    expect(plan.stages).toEqual(['files'])
    for (const thing of [ROLE, 'key/k', 'test-bucket-123']) expect(plan.customerMayRemove.join('\n')).toContain(thing)
    await expect(office.connections.delete(office.alpha, 'lake')).rejects.toMatchObject({
      reason: 'store.in_use',
      message: expect.stringContaining('files'),
    })
    await office.store.stages.delete('alpha', 'files')
    expect(await office.connections.delete(office.alpha, 'lake')).toMatchObject({ stages: [] })
    await expect(office.connections.get(office.alpha, 'lake')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('projects', () => {
  it('see and touch only their own connections', async () => {
    await office.connections.create(office.alpha, roleInput())
    const { connections, beta } = office
    for (const attempt of [
      connections.get(beta, 'lake'),
      connections.update(beta, 'lake', { description: 'x' }),
      connections.disable(beta, 'lake'),
      connections.deletionPlan(beta, 'lake'),
      connections.delete(beta, 'lake'),
      office.setups.forConnection(beta, 'lake', {}),
      office.leases.create(beta, { connection: 'lake', access: ['read'] }, never),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found', reason: 'store.missing' })
    expect(await connections.list(beta, {})).toEqual([])
  })
})

describe('audit', () => {
  it('has one event for each change, without external id and secret', async () => {
    await office.connections.create(office.alpha, roleInput({ auth: { roleArn: ROLE, externalId: 'my-external-id-123' } }))
    await office.connections.update(office.alpha, 'lake', { description: 'x' })
    await office.connections.disable(office.alpha, 'lake')
    await office.connections.enable(office.alpha, 'lake')
    await office.connections.replace(office.alpha, roleInput({ method: 'keys', auth: KEYS }))
    await office.connections.delete(office.alpha, 'lake')
    const events = await office.events(office.alpha)
    expect(events.map(({ action }) => action).toReversed()).toEqual([
      'connection.create',
      'connection.update',
      'connection.disable',
      'connection.enable',
      'connection.replace',
      'connection.delete',
    ])
    for (const event of events) expect(event).toMatchObject({ actor: 'token:alpha', target: 'lake', result: 'ok', requestId: 'req_1' })
    const text = inspect(events, { depth: 20 })
    for (const hidden of ['my-external-id-123', KEYS.secretAccessKey]) expect(text).not.toContain(hidden)
  })

  it('is written with the change or not at all', async () => {
    const { store } = office
    office = await createOffice({
      store: { ...store, connections: { ...store.connections, create: () => Promise.reject(new Error('the disk is gone')) } },
    })
    await expect(office.connections.create(office.alpha, roleInput())).rejects.toThrow('the disk is gone')
    expect(await store.audit.list('alpha', { limit: 10 })).toMatchObject([{ result: 'failed', reason: 'internal.defect' }])
  })
})

describe('setups', () => {
  it('are made from the connection, the platform and the options', async () => {
    await office.connections.create(office.alpha, roleInput())
    const setup = await office.setups.forConnection(office.alpha, 'lake', { roleName: 'reader' })
    expect(setup.facts).toEqual([{ label: 'Principal', value: PLATFORM.aws?.principalArn }])
    expect(setup.artifacts[0]?.text).toBe('RoleName: reader')
  })

  it('are published where a publisher is configured, and audited', async () => {
    const published: string[] = []
    office = await createOffice({
      templates: {
        publish: async ({ connection, template }) => {
          published.push(`${connection.name} ${template.text}`)
          return { templateUrl: 'https://templates.example.com/t.yaml', quickCreateUrl: 'https://console.example.com/' }
        },
      },
    })
    await office.connections.create(office.alpha, roleInput())
    const links = await office.setups.publish(office.alpha, 'lake', { roleName: 'reader' }, never)
    expect(links.quickCreateUrl).toBe('https://console.example.com/')
    expect(published).toEqual(['lake RoleName: reader'])
    expect((await office.events(office.alpha))[0]).toMatchObject({ action: 'setup.publish', result: 'ok' })
    await office.connections.create(office.alpha, roleInput({ name: 'keys', method: 'keys', auth: KEYS }))
    await expect(office.setups.publish(office.alpha, 'keys', {}, never)).rejects.toMatchObject({ reason: 'setup.no_template' })
  })

  it('say so where none is configured', async () => {
    await office.connections.create(office.alpha, roleInput())
    await expect(office.setups.publish(office.alpha, 'lake', {}, never)).rejects.toMatchObject({
      code: 'unsupported',
      reason: 'setup.no_publisher',
    })
  })
})
