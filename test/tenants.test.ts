import type { Client, ConnectionView } from '@sluice/api'
import { createClient } from '@sluice/api'
import { isAccessError } from '@sluice/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caught, collect } from './support/collect.ts'
import { BUCKET, CUSTOMER, type Tenants, startTenants } from './support/tenants.ts'

const ROLE = `arn:aws:iam::${CUSTOMER}:role/sluice-lake`
const MISSING = { code: 'not_found', reason: 'store.missing' }

let tenants: Tenants
let acme: Client
let rival: Client

const role = (name: string, auth: { readonly [field: string]: string }, folder = 'acme') => ({
  name,
  cloud: 'aws',
  method: 'role',
  auth,
  locations: [`s3://${BUCKET}/${folder}/`],
  purposes: ['import' as const],
})

function externalIdOf({ auth }: ConnectionView): string {
  if (auth.externalId === undefined || auth.externalId.kind === 'none') throw new Error('the connection has no external id')
  return auth.externalId.value
}

const sql = (client: Client, text: string) => collect(client.sql.run({ sql: text }))

async function start(mode: 'one organization' | 'several organizations'): Promise<void> {
  tenants = await startTenants(mode)
  acme = tenants.acme
  rival = tenants.rival
}

describe.each(['one organization', 'several organizations'] as const)('two projects of %s', (mode) => {
  let externalId: string

  beforeAll(async () => {
    await start(mode)
    const { connection } = await acme.connections.create(role('lake', { accountId: CUSTOMER }))
    externalId = externalIdOf(connection)
    const setup = await acme.setup.show('lake', {})
    tenants.lab.aws.applyTemplate(CUSTOMER, setup.artifacts.find((artifact) => artifact.id === 'cloudformation')?.text ?? '', {})
    await acme.stages.create({ name: 'cities', connection: 'lake', url: `s3://${BUCKET}/acme/` }, {})
    const events = await collect(acme.connections.validate('lake', {}))
    expect(events.at(-1)).toMatchObject({ report: { verdict: 'passed' } })
    await sql(acme, "SELECT * FROM @cities/cities.csv (FILE_FORMAT => 'csv')")
  })
  afterAll(() => tenants.close())

  it('do not see each other’s connections, under any name or id', async () => {
    const { connection } = await acme.connections.show('lake')
    expect(await rival.connections.list({})).toEqual({ connections: [] })
    for (const name of ['lake', 'LAKE', connection.id, 'acme/lake', 'acme.lake', '../lake', 'lake%00', "lake' OR '1'='1"]) {
      expect(await caught(rival.connections.show(name)), name).toMatchObject(MISSING)
      expect(await caught(rival.connections.update(name, { description: 'mine' })), name).toMatchObject(MISSING)
      expect(await caught(rival.connections.disable(name)), name).toMatchObject(MISSING)
      expect(await caught(rival.connections.enable(name)), name).toMatchObject(MISSING)
      expect(await caught(rival.connections.deletionPlan(name)), name).toMatchObject(MISSING)
      expect(await caught(rival.connections.delete(name)), name).toMatchObject(MISSING)
      expect(await caught(rival.setup.show(name, {})), name).toMatchObject(MISSING)
      expect(await caught(rival.setup.publish(name, {})), name).toMatchObject({ code: expect.stringMatching(/not_found|unsupported/) })
      expect(await caught(rival.connections.validations(name, {})), name).toMatchObject(MISSING)
      expect(await caught(collect(rival.connections.validate(name, {}))), name).toMatchObject(MISSING)
      expect(await caught(rival.leases.create({ connection: name, access: ['read'] })), name).toMatchObject(MISSING)
      expect(await caught(rival.stages.create({ name: 'mine', connection: name, url: `s3://${BUCKET}/acme/` }, {})), name).toMatchObject(
        MISSING,
      )
    }
    expect((await acme.connections.show('lake')).connection).toEqual(connection)
  })

  it('do not see each other’s stages, by the API or by SQL', async () => {
    expect(await rival.stages.list({})).toEqual({ stages: [] })
    for (const attempt of [rival.stages.show('cities'), rival.stages.files('cities', {}), rival.stages.delete('cities', {})])
      expect(await caught(attempt)).toMatchObject({ code: 'not_found' })
    await rival.stages.delete('cities', { ifExists: 'true' })
    for (const statement of [
      'SELECT * FROM @cities/cities.csv',
      'LIST @cities',
      'DESC STAGE cities',
      'DROP STAGE cities',
      'DESC CONNECTION lake',
      'DROP CONNECTION lake',
      `SELECT * FROM 's3://${BUCKET}/acme/cities.csv' (CONNECTION => (CONNECTION_NAME = 'lake'))`,
      `CREATE STAGE mine URL = 's3://${BUCKET}/acme/' CONNECTION = (CONNECTION_NAME = 'lake')`,
    ])
      expect(await caught(sql(rival, statement)), statement).toMatchObject({ code: 'not_found' })
    for (const statement of ['SHOW CONNECTIONS', 'SHOW STAGES']) expect((await sql(rival, statement))[0]?.rows).toEqual([])
    expect((await acme.stages.list({})).stages).toHaveLength(1)
  })

  it('do not see what the other did', async () => {
    const { events } = await acme.audit.list({ limit: 1000 })
    const { statements } = await acme.sql.history({ limit: 1000 })
    expect([events.length > 3, statements.length]).toEqual([true, 1])
    await caught(sql(rival, 'SHOW STAGES; SELECT'))
    const theirs = await rival.audit.list({ limit: 1000 })
    expect(theirs.events.length).toBeGreaterThan(3)
    expect(
      theirs.events.filter((event) => event.project !== 'rival' || events.some(({ requestId }) => requestId === event.requestId)),
    ).toEqual([])
    const ids = new Set((await rival.sql.history({ limit: 1000 })).statements.map(({ id }) => id))
    expect(ids.size).toBeGreaterThan(0)
    expect(statements.filter(({ id }) => ids.has(id))).toEqual([])
  })

  it('may use the same names for things of their own', async () => {
    const { connection } = await rival.connections.create(role('lake', { accountId: CUSTOMER, roleName: 'rival-lake' }, 'rival'))
    expect(externalIdOf(connection)).not.toBe(externalId)
    await rival.stages.create({ name: 'cities', connection: 'lake', url: `s3://${BUCKET}/rival/` }, {})
    expect((await acme.stages.show('cities')).stage.location.url).toBe(`s3://${BUCKET}/acme/`)
    expect((await rival.stages.show('cities')).stage.location.url).toBe(`s3://${BUCKET}/rival/`)
    await sql(rival, 'DROP STAGE cities; DROP CONNECTION lake')
    expect((await acme.connections.list({})).connections).toHaveLength(1)
    expect((await acme.stages.list({})).stages).toHaveLength(1)
  })

  it('get nothing by naming the other’s role, whose trust policy asks for the other’s id', async () => {
    await rival.connections.create(role('borrowed', { roleArn: ROLE }))
    const [last] = (await collect(rival.connections.validate('borrowed', { waitSeconds: 0 }))).slice(-1)
    expect(last).toMatchObject({ report: { verdict: 'failed' } })
    expect(await caught(rival.leases.create({ connection: 'borrowed', access: ['read'] }))).toMatchObject({ code: 'denied' })
    await rival.stages.create({ name: 'borrowed', connection: 'borrowed', url: `s3://${BUCKET}/acme/` }, {})
    expect(await caught(rival.stages.files('borrowed', {}))).toMatchObject({ code: 'denied' })
    await sql(rival, 'DROP STAGE borrowed; DROP CONNECTION borrowed')
    // A lease of the owner's, cached or not, is nobody else's.
    expect(await acme.leases.create({ connection: 'lake', access: ['read'] })).toMatchObject({ narrowed: true })
    await rival.connections.create(role('borrowed', { roleArn: ROLE }))
    expect(await caught(rival.leases.create({ connection: 'borrowed', access: ['read'] }))).toMatchObject({ code: 'denied' })
    await rival.connections.delete('borrowed')
  })

  it('cannot use the other’s external id, on whatever way, nor after it was given up', async () => {
    const refused = { code: expect.stringMatching(/conflict|forbidden/), reason: expect.stringMatching(/external_id/) }
    const attempts = async () => {
      await rival.connections.create(role('own', {}))
      await rival.connections.create({ ...role('keyed', {}), method: 'none' })
      const chosen = { roleArn: ROLE, externalId }
      const other = { accountId: CUSTOMER, externalId: ` ${externalId} ` }
      const tries: readonly (readonly [way: string, attempt: Promise<unknown>])[] = [
        ['create', rival.connections.create(role('stolen', chosen))],
        ['create with white space', rival.connections.create(role('stolen', other))],
        ['create without a role', rival.connections.create(role('stolen', { externalId }))],
        ['create or replace', rival.connections.create(role('stolen', chosen), { replace: 'true' })],
        ['replace', rival.connections.create(role('own', chosen), { replace: 'true' })],
        ['replace of another method', rival.connections.create(role('keyed', chosen), { replace: 'true' })],
        ['update', rival.connections.update('own', { auth: chosen })],
        ['SQL', sql(rival, `CREATE CONNECTION stolen STORAGE_TYPE = 's3' ROLE_ARN = '${ROLE}' EXTERNAL_ID = '${externalId}'`)],
        [
          'SQL replace',
          sql(rival, `CREATE OR REPLACE CONNECTION own STORAGE_TYPE = 's3' ROLE_ARN = '${ROLE}' EXTERNAL_ID = '${externalId}'`),
        ],
        [
          'SQL alias',
          sql(rival, `CREATE CONNECTION stolen STORAGE_TYPE = 's3' AWS_ROLE_ARN = '${ROLE}' AWS_EXTERNAL_ID = '${externalId}'`),
        ],
      ]
      for (const [way, attempt] of tries) {
        const error = await caught(attempt)
        expect(error, way).toMatchObject(refused)
        // Whose it is, and that it is anybody's at all beyond what was given, is nobody's business.
        expect(JSON.stringify(isAccessError(error) ? [error.message, error.context, error.remedy] : ''), way).not.toMatch(/acme|lake/)
      }
      const { connections } = await rival.connections.list({})
      expect(connections.map(({ name, method }) => [name, method])).toEqual([
        ['keyed', 'none'],
        ['own', 'role'],
      ])
      for (const { name } of connections) await rival.connections.delete(name)
    }
    await attempts()
    await sql(acme, 'DROP STAGE cities; DROP CONNECTION lake')
    await attempts()
    const { connection } = await acme.connections.create(role('lake', { roleArn: ROLE }))
    expect(externalIdOf(connection)).not.toBe(externalId)
  })

  it('are told apart by their tokens alone', async () => {
    const strangers = [
      'sluice_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      tenants.tokens.acme.slice(0, -1),
      `${tenants.tokens.acme}a`,
      tenants.tokens.acme.toUpperCase(),
    ]
    for (const token of strangers)
      expect(await caught(createClient({ baseUrl: tenants.url, token }).connections.list({}))).toMatchObject({
        reason: 'auth.unknown_token',
      })
    for (const headers of [{ 'x-project': 'acme' }, { 'x-sluice-project': 'acme' }, { cookie: `token=${tenants.tokens.acme}` }]) {
      const response = await fetch(`${tenants.url}/v1/connections?limit=10`, {
        headers: { ...headers, authorization: `Bearer ${tenants.tokens.rival}` },
      })
      expect(await response.json()).toEqual({ connections: [] })
    }
    for (const query of ['project=acme', `token=${tenants.tokens.acme}`, 'organization=acme-inc']) {
      const response = await fetch(`${tenants.url}/v1/connections?${query}`, {
        headers: { authorization: `Bearer ${tenants.tokens.rival}` },
      })
      expect(response.status).toBe(400)
    }
  })
})

describe('external ids that a customer chose', () => {
  afterAll(() => tenants.close())

  it('are refused where several organizations share the principal, with what to write instead', async () => {
    await start('several organizations')
    const statement = `CREATE CONNECTION chosen STORAGE_TYPE = 's3' ROLE_ARN = '${ROLE}' EXTERNAL_ID = 'my-external-id-123'`
    const attempts = [
      acme.connections.create(role('chosen', { roleArn: ROLE, externalId: 'my-external-id-123' })),
      acme.connections.create(role('chosen', { roleArn: ROLE, externalId: 'my-external-id-123' }), { replace: 'true' }),
      acme.connections.create(role('chosen', { roleArn: ROLE, withoutExternalId: 'true' })),
      sql(acme, statement),
      sql(acme, statement.replace('CREATE', 'CREATE OR REPLACE')),
      sql(acme, `CREATE CONNECTION chosen STORAGE_TYPE = 's3' ROLE_ARN = '${ROLE}' WITHOUT_EXTERNAL_ID = 'true'`),
    ]
    for (const attempt of attempts) {
      const error = await caught(attempt)
      expect(error).toMatchObject({ code: 'forbidden', reason: 'connection.external_id_chosen' })
      expect(isAccessError(error) && error.remedy).toMatch(/Leave the external id out.*issues one.*trust policy/)
    }
    const [created] = await sql(acme, statement.replace(/ EXTERNAL_ID.*/, ''))
    expect(created?.message).toMatch(/Its external id is sluice-[0-9a-f]{32}/)
  })

  it('are taken in an installation of one organization, for the first project that names them', async () => {
    await tenants.close()
    await start('one organization')
    const chosen = { roleArn: ROLE, externalId: 'my-external-id-123' }
    expect(externalIdOf((await acme.connections.create(role('chosen', chosen))).connection)).toBe('my-external-id-123')
    await acme.connections.create(role('also', { ...chosen, roleArn: `${ROLE}-2` }))
    expect(await caught(rival.connections.create(role('mine', chosen)))).toMatchObject({ reason: 'store.external_id_taken' })
    expect(await caught(rival.connections.create(role('mine', { externalId: chosen.externalId })))).toMatchObject({
      reason: 'store.external_id_taken',
    })
  })

  it('go to one project only when two name them at the same time', async () => {
    for (let round = 0; round < 10; round++) {
      const auth = { roleArn: `${ROLE}-${round}`, externalId: `contested-${round}` }
      const name = `contested_${round}`
      const outcomes = await Promise.allSettled([acme.connections.create(role(name, auth)), rival.connections.create(role(name, auth))])
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    }
  })

  it('cannot be left out by one project for a role that another uses, nor the other way round', async () => {
    const open = { withoutExternalId: 'true' }
    await acme.connections.create(role('with', { roleArn: `${ROLE}-with` }))
    await acme.connections.create(role('without', { roleArn: `${ROLE}-without`, ...open }))
    for (const auth of [
      { roleArn: `${ROLE}-with`, ...open },
      { roleArn: `${ROLE}-without`, ...open },
      { roleArn: `${ROLE}-without` },
      { roleArn: `${ROLE}-without`, externalId: 'another-id' },
    ])
      expect(await caught(rival.connections.create(role('mine', auth)))).toMatchObject({ reason: 'store.external_id_taken' })
    // The role may also come later, by an update.
    await rival.connections.create(role('later', {}))
    expect(await caught(rival.connections.update('later', { auth: { roleArn: `${ROLE}-without` } }))).toMatchObject({
      reason: 'store.external_id_taken',
    })
    expect((await rival.connections.show('later')).connection.auth).not.toHaveProperty('roleArn')
  })
})
