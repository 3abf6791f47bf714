import { describe, expect, it } from 'vitest'
import { createWorld } from '../../test/support/sql-world.ts'

const SEED =
  "CREATE CONNECTION lake_test STORAGE_TYPE = 's3' ROLE_ARN = 'arn:aws:iam::987654321987:role/lake-test' EXTERNAL_ID = 'my-external-id-123'; " +
  "CREATE STAGE lake_test URL = 's3://test-bucket-123' CONNECTION = (CONNECTION_NAME = 'lake_test'); SELECT * FROM @lake_test/test.parquet LIMIT 1;"

describe('a script', () => {
  it('runs as the vendor prints it, several statements in one text', async () => {
    const world = createWorld({ 'test.parquet': 'PAR1' })
    const results = await world.run(SEED)
    expect(results.map((result) => result.kind)).toEqual(['done', 'done', 'rows'])
    expect(world.connections.get('lake_test')?.auth).toEqual({
      method: 'role',
      roleArn: 'arn:aws:iam::987654321987:role/lake-test',
      externalId: { kind: 'chosen', value: 'my-external-id-123' },
    })
    expect(world.queries[0]?.sql).toBe('SELECT * FROM "sluice_files_1" AS "lake_test" LIMIT 1')
    expect(world.queries[0]?.relations).toMatchObject([
      { view: 'sluice_files_1', format: { type: 'parquet' }, files: [{ key: 'test.parquet', size: 4 }] },
    ])
  })
})
