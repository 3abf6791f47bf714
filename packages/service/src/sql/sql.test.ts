import { accessError, type QueryResult } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { ANSWER, createWorld, NOW, PRINCIPAL, type World } from '../../test/support/sql-world.ts'

/** The scripts as their vendors print them, on one line and on several. */
const LAKE =
  "CREATE CONNECTION lake_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/lake-test' EXTERNAL_ID = 'my-external-id-123'; " +
  "CREATE STAGE lake_test URL = 's3://test-bucket-123' CONNECTION = (CONNECTION_NAME = 'lake_test'); SELECT * FROM @lake_test/test.parquet LIMIT 1;"
const DATABEND = `   CREATE CONNECTION databend_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/databend-test' EXTERNAL_ID = 'my-external-id-123';

   CREATE STAGE databend_test URL = 's3://test-bucket-123' CONNECTION = (CONNECTION_NAME = 'databend_test');

   SELECT * FROM @databend_test/test.parquet LIMIT 1;
`

const CONNECTION = "CREATE CONNECTION c STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/r'"
const STAGE = "CREATE STAGE s URL = 's3://test-bucket-123/data/' CONNECTION = (CONNECTION_NAME = 'c')"

const FILES = {
  'data/a.csv': 'x,y',
  'data/b.csv.gz': 'zip',
  'data/p.parquet': 'PAR1',
  'data/sub/n.ndjson': '{}',
  'data/': '',
  'other.csv': 'o',
}

async function worldWithStage(objects: { readonly [key: string]: string } = FILES): Promise<World> {
  const world = createWorld(objects)
  await world.run(`${CONNECTION}; ${STAGE}`)
  return world
}

/** Runs a text in which ^ marks where its error points. */
async function failure(world: World, marked: string): Promise<unknown> {
  const position = marked.indexOf('^')
  const sql = marked.replace('^', '')
  try {
    await world.run(sql)
  } catch (error) {
    expect(error).toMatchObject({ context: { position } })
    return error
  }
  throw new Error('The statement ran.')
}

describe('a script', () => {
  it.each([
    ['one vendor', LAKE, 'lake_test'],
    ['another', DATABEND, 'databend_test'],
  ])('runs as %s prints it', async (_vendor, script, name) => {
    const world = createWorld({ 'test.parquet': 'PAR1' })
    const results = await world.run(script)
    expect(results.map((result) => result.kind)).toEqual(['done', 'done', 'rows'])
    expect(world.connections.get(name)).toMatchObject({
      cloud: 'aws',
      auth: { externalId: { kind: 'chosen', value: 'my-external-id-123' } },
    })
    expect(world.opened).toEqual(['s3://test-bucket-123/ list read'])
    expect(world.queries[0]?.sql).toBe(`SELECT * FROM "sluice_files_1" AS "${name}" LIMIT 1`)
    expect(world.queries[0]?.relations).toMatchObject([
      { view: 'sluice_files_1', format: { type: 'parquet' }, files: [{ key: 'test.parquet', size: 4, filename: 'test.parquet' }] },
    ])
  })

  it('of which one statement is malformed runs none', async () => {
    const world = createWorld()
    await failure(world, `${CONNECTION}; CREATE STAGE s URL ^'s3://b/'`)
    expect(world.connections.size).toBe(0)
  })

  it('stops at the first statement that fails, after the results before it', async () => {
    const world = createWorld()
    const sql = `${CONNECTION}; DESC STAGE nope; DROP CONNECTION c`
    const results: string[] = []
    const run = async () => {
      for await (const result of world.sql.run(world.caller, { sql }, new AbortController().signal)) results.push(result.statement)
    }
    await expect(run()).rejects.toMatchObject({ reason: 'stage.unknown', context: { position: sql.indexOf('nope'), length: 4, line: 1 } })
    expect(results).toEqual([CONNECTION])
    expect(world.connections.size).toBe(1)
    expect(world.history).toMatchObject([{ ok: true }, { ok: false, sql: 'DESC STAGE nope' }])
  })

  it('of nothing but comments has no results', async () => {
    expect(await createWorld().run(' ; -- nothing\n /* ; */ ;')).toEqual([])
  })

  it('that was cancelled runs nothing', async () => {
    const world = await worldWithStage()
    const run = world.sql.run(world.caller, { sql: 'SELECT * FROM @s/p.parquet' }, AbortSignal.abort())
    await expect(run[Symbol.asyncIterator]().next()).rejects.toMatchObject({ reason: 'request.cancelled' })
    expect(world.queries).toEqual([])
  })

  it('that is too long is refused', async () => {
    await expect(createWorld().run(`SELECT '${'a'.repeat(1_000_001)}'`)).rejects.toMatchObject({ reason: 'sql.too_long' })
  })
})

describe('CREATE CONNECTION', () => {
  it.each([
    [
      'keys',
      "STORAGE_TYPE='s3' ACCESS_KEY_ID='a', SECRET_ACCESS_KEY='b',",
      { cloud: 'aws', auth: { method: 'keys', fields: { accessKeyId: 'a' } } },
    ],
    ['old names of keys', "STORAGE_TYPE='S3' aws_key_id='a' aws_secret_key='b'", { cloud: 'aws', auth: { method: 'keys' } }],
    [
      'nothing, for a public bucket',
      "STORAGE_TYPE='s3' REGION='eu-west-1'",
      { cloud: 'aws', auth: { method: 'none' }, settings: { region: 'eu-west-1' } },
    ],
    [
      'an endpoint',
      "STORAGE_TYPE='s3' ENDPOINT_URL='minio.example.com' ACCESS_KEY_ID='a' SECRET_ACCESS_KEY='b' ENABLE_VIRTUAL_HOST_STYLE=false",
      { cloud: 's3', settings: { endpoint: 'https://minio.example.com', addressing: 'path' } },
    ],
    ['a role without an external id', "STORAGE_TYPE='s3' ROLE_ARN='arn:x'", { auth: { method: 'role', externalId: { kind: 'issued' } } }],
    ['the storage type last', "ROLE_ARN='arn:x' STORAGE_TYPE='s3'", { auth: { method: 'role' } }],
  ])('takes %s', async (_title, parameters, expected) => {
    const world = createWorld()
    await world.run(`CREATE CONNECTION c ${parameters}`)
    expect(world.connections.get('c')).toMatchObject(expected)
  })

  it.each([
    [
      'an unknown parameter',
      "CREATE CONNECTION c STORAGE_TYPE='s3' ^COLOUR='red'",
      'sql.connection_parameter',
      'expected [role_arn, external_id, access_key_id',
    ],
    [
      'a role on an endpoint',
      "CREATE CONNECTION c STORAGE_TYPE='s3' ENDPOINT_URL='https://x' ^ROLE_ARN='arn:x'",
      'sql.connection_parameter',
      'connection params invalid',
    ],
    [
      'role and keys',
      "CREATE CONNECTION c STORAGE_TYPE='s3' ROLE_ARN='a' ^ACCESS_KEY_ID='b' SECRET_ACCESS_KEY='c'",
      'sql.connection_parameter',
      'different ways',
    ],
    ['half a key', "CREATE CONNECTION ^c STORAGE_TYPE='s3' ACCESS_KEY_ID='b'", 'sql.connection_parameter', 'SECRET_ACCESS_KEY is missing'],
    [
      'one thing by two names',
      "CREATE CONNECTION c STORAGE_TYPE='s3' ACCESS_KEY_ID='b' ^AWS_KEY_ID='b' SECRET_ACCESS_KEY='c'",
      'sql.connection_parameter',
      'again',
    ],
    ['a parameter twice', "CREATE CONNECTION c STORAGE_TYPE='s3' ROLE_ARN='b' ^ROLE_ARN='b'", 'sql.duplicate_option', 'before'],
    ['another cloud', "CREATE CONNECTION c STORAGE_TYPE=^'gcs' CREDENTIAL='x'", 'sql.storage_type', 'protocol gcs is not supported yet'],
    ['no cloud at all', "CREATE CONNECTION c STORAGE_TYPE=^'floppy'", 'sql.storage_type', 'no such storage type'],
    ['no storage type', "CREATE CONNECTION c ROLE_ARN='x'^", 'sql.syntax', 'STORAGE_TYPE'],
    ['both modes', "CREATE OR REPLACE CONNECTION ^IF NOT EXISTS c STORAGE_TYPE='s3'", 'sql.syntax', 'contradict'],
    ['a value without quotes', 'CREATE CONNECTION c STORAGE_TYPE = ^s3', 'sql.syntax', 'string in single quotes'],
    [
      'path style where there is none',
      "CREATE CONNECTION c STORAGE_TYPE='s3' ^ENABLE_VIRTUAL_HOST_STYLE=false",
      'sql.connection_parameter',
      'virtual host',
    ],
  ])('refuses %s', async (_title, marked, reason, message) => {
    expect(await failure(createWorld(), marked)).toMatchObject({ reason, message: expect.stringContaining(message) })
  })

  it('leaves an existing one alone, replaces it, or says that it exists', async () => {
    const world = createWorld()
    await world.run(CONNECTION)
    expect(await world.run(CONNECTION.replace('CONNECTION c', 'CONNECTION IF NOT EXISTS c'))).toMatchObject([
      { message: expect.stringContaining('exists already') },
    ])
    expect(await failure(world, CONNECTION.replace('CONNECTION c', 'CONNECTION ^c'))).toMatchObject({ code: 'conflict' })
    await world.run("CREATE OR REPLACE CONNECTION c STORAGE_TYPE='s3' ACCESS_KEY_ID='b' SECRET_ACCESS_KEY='c'")
    expect(world.connections.get('c')?.auth.method).toBe('keys')
  })

  it('never lets a secret into what is shown, kept or audited', async () => {
    const world = createWorld()
    const [result] = await world.run("CREATE CONNECTION c STORAGE_TYPE='s3' ACCESS_KEY_ID='AKIA1' SECRET_ACCESS_KEY='canary-1234'")
    expect(result?.statement).toBe("CREATE CONNECTION c STORAGE_TYPE='s3' ACCESS_KEY_ID=*** SECRET_ACCESS_KEY=***")
    const shown = await world.run('SHOW CONNECTIONS; DESC CONNECTION c')
    expect(JSON.stringify([result, shown, world.history, world.audit])).not.toContain('canary-1234')
  })
})

describe('SHOW and DESC CONNECTION', () => {
  it('have the columns of the platforms, and show whom to trust', async () => {
    const world = createWorld()
    await world.run(CONNECTION)
    const results = await world.run('SHOW CONNECTIONS; DESC CONNECTION c; DESCRIBE CONNECTION C')
    for (const result of results) {
      expect(result.columns.map((column) => column.name)).toEqual(['name', 'storage_type', 'storage_params'])
      expect(result.rows).toEqual([
        ['c', 's3', `role_arn=arn:aws:iam::987654321987:role/r external_id=sluice-0123456789abcdef principal=${PRINCIPAL}`],
      ])
    }
  })

  it('mask keys whole', async () => {
    const world = createWorld()
    await world.run("CREATE CONNECTION k STORAGE_TYPE='s3' ACCESS_KEY_ID='AKIA1' SECRET_ACCESS_KEY='x' REGION='us-west-2'")
    expect((await world.run('DESC CONNECTION k'))[0]?.rows).toEqual([
      ['k', 's3', 'region=us-west-2 access_key_id=AKIA1 secret_access_key=***'],
    ])
  })

  it('say which connection there is not', async () => {
    expect(await failure(createWorld(), 'DESC CONNECTION ^nope')).toMatchObject({ code: 'not_found' })
  })
})

describe('DROP', () => {
  it('says what the customer can remove, and nothing where nothing is', async () => {
    const world = await worldWithStage()
    const results = await world.run('DROP STAGE s; DROP STAGE IF EXISTS s; DROP CONNECTION c; DROP CONNECTION IF EXISTS c')
    expect(results.map((result) => result.kind)).toEqual(['done', 'done', 'done', 'done'])
    expect(results[2]?.message).toContain('The role can now be removed.')
    expect(await failure(world, 'DROP STAGE ^s')).toMatchObject({ reason: 'stage.unknown' })
  })
})

describe('CREATE, ALTER and SHOW STAGE', () => {
  it('keep format, comment and URL', async () => {
    const world = await worldWithStage()
    await world.run(
      "CREATE STAGE t 's3://test-bucket-123/x/' CONNECTION = (CONNECTION_NAME = 'c'), FILE_FORMAT = (TYPE = CSV, SKIP_HEADER = 1), COMMENT = 'it''s'",
    )
    const [shown] = await world.run('DESC STAGE t')
    expect(shown?.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
      'name String',
      'stage_type String',
      'storage_type String',
      'url String',
      'endpoint String',
      'has_credentials Boolean',
      'has_encryption_key Boolean',
      'storage_params Variant',
      'file_format_options Variant',
      'creator String',
      'created_on Timestamp',
      'comment String',
      'owner String',
    ])
    expect(shown?.rows).toEqual([
      [
        't',
        'External',
        's3',
        's3://test-bucket-123/x/',
        null,
        true,
        false,
        { connection_name: 'c' },
        { type: 'CSV', compression: 'AUTO', skip_header: 1 },
        null,
        new Date(NOW).toISOString().replace('T', ' ').replace('Z', ''),
        "it's",
        null,
      ],
    ])
    await world.run("ALTER STAGE t SET COMMENT = 'new', URL = 's3://test-bucket-123/y/'; ALTER STAGE t UNSET FILE_FORMAT")
    expect(await world.stages.get(world.caller, 't')).toMatchObject({
      comment: 'new',
      location: { prefix: 'y/' },
      format: { type: 'parquet', byExtension: true },
    })
  })

  it('find stages by LIKE', async () => {
    const world = await worldWithStage()
    await world.run(STAGE.replace('STAGE s', 'STAGE s_1') + ';' + STAGE.replace('STAGE s', 'STAGE sx1'))
    const names = async (sql: string) => (await world.run(sql))[0]?.rows.map((row) => row[0])
    expect(await names('SHOW STAGES')).toEqual(['s', 's_1', 'sx1'])
    expect(await names("SHOW STAGES LIKE 'S_1'")).toEqual(['s_1', 'sx1'])
    expect(await names("SHOW STAGES LIKE 's\\\\_1'")).toEqual(['s_1'])
    expect(await names("SHOW STAGES LIKE 's%' LIMIT 1")).toEqual(['s'])
  })

  it.each([
    ['a path without a slash', "CREATE STAGE t URL = ^'s3://b/dir' CONNECTION = (CONNECTION_NAME = 'c')", 'stage.url', "Got '/dir'"],
    ['a path that climbs', "CREATE STAGE t URL = ^'s3://b/a/../x/' CONNECTION = (CONNECTION_NAME = 'c')", 'stage.path', ''],
    ['no URL', 'CREATE STAGE ^t', 'sql.internal_stage', ''],
    ['no connection', "CREATE STAGE t URL = ^'s3://b/'", 'sql.inline_credentials', ''],
    ['credentials of its own', "CREATE STAGE t URL = 's3://b/' CONNECTION = (^ACCESS_KEY_ID = 'a')", 'sql.inline_credentials', ''],
    ['an unknown connection', "CREATE STAGE t URL = 's3://b/' CONNECTION = (CONNECTION_NAME = ^'nope')", 'store.missing', 'nope'],
    ['a taken name', "CREATE STAGE ^S URL = 's3://b/' CONNECTION = (CONNECTION_NAME = 'c')", 'stage.exists', ''],
    ['an impossible name', `CREATE STAGE ^"a b" URL = 's3://b/' CONNECTION = (CONNECTION_NAME = 'c')`, 'name.invalid', ''],
    ['a reserved name', "CREATE STAGE ^_databend_load URL = 's3://b/' CONNECTION = (CONNECTION_NAME = 'c')", 'stage.reserved_name', ''],
    [
      'an option of another format',
      "CREATE STAGE t URL = 's3://b/' CONNECTION = (CONNECTION_NAME = 'c') FILE_FORMAT = (TYPE = PARQUET ^SKIP_HEADER = 1)",
      'stage.file_format',
      '',
    ],
    ['a clause twice', "CREATE STAGE t URL = 's3://b/' ^URL = 's3://b/'", 'sql.duplicate_option', ''],
    ['an @', "CREATE STAGE ^@t URL = 's3://b/'", 'sql.syntax', 'without the @'],
  ])('refuse %s', async (_title, marked, reason, message) => {
    expect(await failure(await worldWithStage(), marked)).toMatchObject({ reason, message: expect.stringContaining(message) })
  })
})

describe('LIST', () => {
  it('has the columns of the platforms', async () => {
    const world = await worldWithStage()
    const [result] = await world.run('LIST @s')
    expect(result?.columns.map((column) => `${column.name} ${column.type}`)).toEqual([
      'name String',
      'size UInt64',
      'md5 String',
      'last_modified String',
      'creator String',
    ])
    expect(result?.rows.map((row) => [row[0], row[1]])).toEqual([
      ['a.csv', 3],
      ['b.csv.gz', 3],
      ['p.parquet', 4],
      ['sub/n.ndjson', 2],
    ])
    expect(result?.rows[0]?.[3]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \+0000$/)
  })

  it('takes a path and a pattern', async () => {
    const world = await worldWithStage()
    const names = async (sql: string) => (await world.run(sql))[0]?.rows.map((row) => row[0])
    expect(await names("LIST @s PATTERN = '.*[.]csv([.]gz)?'")).toEqual(['a.csv', 'b.csv.gz'])
    expect(await names('LIST @s/sub/')).toEqual(['sub/n.ndjson'])
    expect(await names("LIST '@s/nothing here'")).toEqual([])
    expect(await failure(world, "LIST @s PATTERN = ^'('")).toMatchObject({ reason: 'stage.pattern' })
    expect(await failure(world, 'LIST ^@nope')).toMatchObject({ reason: 'stage.unknown' })
  })
})

describe('a query', () => {
  it('reads each file in the format of its clause, its stage or its extension', async () => {
    const world = await worldWithStage()
    await world.run(
      "SELECT * FROM @s/a.csv; SELECT * FROM @s/b.csv.gz; SELECT * FROM @s/sub/; SELECT * FROM @s/p.parquet (FILE_FORMAT => 'csv'); " +
        'ALTER STAGE s SET FILE_FORMAT = (TYPE = TSV); SELECT * FROM @s/a.csv; SELECT * FROM @s/a.csv (FILE_FORMAT => (TYPE = CSV SKIP_HEADER = 1))',
    )
    expect(world.queries.map((query) => query.relations[0]?.format)).toEqual([
      { type: 'csv', compression: 'auto' },
      { type: 'csv', compression: 'auto' },
      { type: 'ndjson', compression: 'auto' },
      { type: 'csv', compression: 'auto' },
      { type: 'tsv', compression: 'auto' },
      { type: 'csv', compression: 'auto', skipHeader: 1 },
    ])
  })

  it('finds out about a single Parquet file by reading its end: one request', async () => {
    const world = await worldWithStage()
    await world.run('SELECT * FROM @s/p.parquet')
    expect(world.bucket.requests).toMatchObject([{ operation: 'get', key: 'data/p.parquet' }])
    expect(world.queries[0]?.relations[0]?.files).toMatchObject([{ key: 'data/p.parquet', size: 4, filename: 'p.parquet' }])
  })

  it('takes files by URL, through a connection', async () => {
    const world = await worldWithStage()
    await world.run("SELECT * FROM 's3://test-bucket-123/data/*.csv' (CONNECTION => (CONNECTION_NAME = 'c')) t")
    expect(world.opened.at(-1)).toBe('s3://test-bucket-123/data/ list read')
    expect(world.queries[0]?.relations[0]?.files.map((file) => file.filename)).toEqual(['a.csv'])
  })

  it('passes limits on, within what is allowed', async () => {
    const world = await worldWithStage()
    const request = { sql: 'SELECT 1', limits: { rows: 7, threads: 1000, memoryBytes: -1 } }
    for await (const result of world.sql.run(world.caller, request, new AbortController().signal)) expect(result.kind).toBe('rows')
    expect(world.queries[0]?.limits).toMatchObject({ rows: 7, threads: 16, memoryBytes: 1024 ** 3 })
  })

  it('is audited, also when it fails', async () => {
    const world = await worldWithStage()
    await world.run('SELECT * FROM @s/p.parquet')
    await failure(world, 'SELECT * FROM ^@s/nope.parquet')
    expect(world.audit.filter((event) => event.action === 'sql.query')).toMatchObject([
      { target: '@s', result: 'ok', details: { rows: 1, files: 1 } },
      { target: '@s', result: 'refused', reason: 'stage.no_files' },
    ])
  })

  it.each([
    ['no file', 'SELECT * FROM ^@s/nope.csv', 'stage.no_files', 'specify a prefix/pattern/files'],
    ['a pattern that matches nothing', "SELECT * FROM ^@s (PATTERN => 'x')", 'stage.no_files', ''],
    ['files of several formats', 'SELECT 1, * FROM ^@s', 'stage.file_format', 'several formats'],
    ['an unknown stage, in the second place', 'SELECT * FROM @s/a.csv a\n  JOIN ^@nope b ON true', 'stage.unknown', ''],
    ['a path that climbs', 'SELECT * FROM ^@s/../other.csv', 'stage.path', ''],
    ['a document path on CSV', 'SELECT ^$1:a FROM @s/a.csv', 'sql.document_path', ''],
    ['an option of another format', 'SELECT * FROM @s/a.csv (FILE_FORMAT => (TYPE = CSV, ^COLOUR = 1))', 'stage.file_format', ''],
  ])('is refused for %s', async (_title, marked, reason, message) => {
    expect(await failure(await worldWithStage(), marked)).toMatchObject({ reason, message: expect.stringContaining(message) })
  })

  it('does not read through a connection that is not for reading', async () => {
    const world = await worldWithStage()
    const connection = world.connections.get('c')
    if (connection) world.connections.set('c', { ...connection, access: ['write'] })
    expect(await failure(world, 'SELECT * FROM ^@s/a.csv')).toMatchObject({ reason: 'stage.no_read_access' })
  })

  it('does not leave the locations that its connection has been narrowed to since', async () => {
    const world = await worldWithStage()
    const connection = world.connections.get('c')
    const location = { cloud: 'aws', bucket: 'test-bucket-123', prefix: 'elsewhere/', extent: 'folder' } as const
    if (connection) world.connections.set('c', { ...connection, locations: [location] })
    expect(await failure(world, 'SELECT * FROM ^@s/a.csv')).toMatchObject({ reason: 'stage.outside_connection' })
  })

  it('shows the errors of the engine where the user wrote what they are about', async () => {
    const world = await worldWithStage()
    const fail = (word: string, message: string) => {
      world.answer = ({ sql }): QueryResult => {
        throw accessError('engine.died', { message, context: { position: sql.indexOf(word), detail: 'kept' } })
      }
    }
    fail('wrong', 'No column.')
    const sql = '-- é\n SELECT $1,\n  wrong FROM @s/a.csv'
    await expect(world.run(sql)).rejects.toMatchObject({
      message: 'No column.',
      context: { position: sql.indexOf('wrong'), length: 5, line: 3, column: 3, detail: 'kept' },
    })
    fail('"s"."$9"', 'Referenced column "$9" of sluice_files_1 not found.')
    expect(await failure(world, 'SELECT ^$9 FROM @s/a.csv')).toMatchObject({
      message: 'Referenced column "$9" of @s/a.csv not found.',
      context: { length: 2 },
    })
    fail('"sluice_files_1"', 'bad file')
    expect(await failure(world, "SELECT 1 FROM ^@s/ (FILES => ('a.csv')) t")).toMatchObject({
      context: { length: "@s/ (FILES => ('a.csv'))".length },
    })
  })

  it('is told its progress', async () => {
    const world = await worldWithStage()
    world.answer = (query) => {
      query.onProgress?.({ phase: 'running', bytesFetched: 1, bytesPlanned: 2 })
      return ANSWER
    }
    const phases: string[] = []
    const request = { sql: 'SELECT * FROM @s/a.csv', onProgress: ({ phase }: { readonly phase: string }) => void phases.push(phase) }
    for await (const result of world.sql.run(world.caller, request, new AbortController().signal)) expect(result.kind).toBe('rows')
    expect(phases).toEqual(['listing', 'running'])
  })
})

describe('other statements', () => {
  it.each([
    'COPY INTO t FROM @s',
    'REMOVE @s',
    'PRESIGN @s/x',
    'INSERT INTO t VALUES (1)',
    "ATTACH 'x'",
    'SET x = 1',
    'CREATE TABLE t (a int)',
    'SHOW TABLES',
    'ALTER TABLE t',
    'DROP TABLE t',
    'DESC TABLE t',
    'nonsense',
    '1',
  ])('are not run, and the error says what is: %s', async (sql) => {
    const world = createWorld()
    expect(await failure(world, `^${sql}`)).toMatchObject({
      code: 'unsupported',
      reason: 'sql.unsupported_statement',
      remedy: expect.stringContaining('CREATE, ALTER, DROP'),
    })
    expect(world.queries).toEqual([])
  })
})
