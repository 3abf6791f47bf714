import { randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withDuckdb } from './duckdb.ts'

/** A Parquet file like a table of measurements: sorted by id and time, 14 columns, 30 row groups, nothing in it that compresses to nothing. */
export interface Dataset {
  readonly file: string
  readonly bytes: number
  readonly rows: number
  readonly rowGroups: readonly { readonly bytes: number }[]
  /** Compressed bytes of each column. */
  readonly columns: { readonly [name: string]: number }
}

const ROW_GROUPS = 30
const BYTES_PER_ROW = 117
/** DuckDB's vectors: row groups are made of whole ones. */
const VECTOR = 2_048
/** Changes with what `generate` writes, so that a file of before is not taken for it. */
const GENERATION = 2

/** The file of about that size, from the temporary folder if a run before this one left it there. The same bytes on every machine. */
export async function openDataset(megabytes: number, progress: (text: string) => void): Promise<Dataset> {
  const folder = join(tmpdir(), 'sluice-bench')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `measurements-${GENERATION}-${megabytes}mb.parquet`)
  if (!existsSync(file)) {
    progress(`generating ${megabytes} MB of Parquet, kept in ${folder}`)
    const aside = `${file}.${randomBytes(4).toString('hex')}`
    await generate(aside, megabytes)
    await rename(aside, file)
  }
  return describe(file)
}

async function generate(file: string, megabytes: number): Promise<void> {
  const groupRows = Math.max(1, Math.round((megabytes * 1e6) / BYTES_PER_ROW / ROW_GROUPS / VECTOR)) * VECTOR
  // Hashes instead of random(): the same values whatever number of threads makes them.
  const uniform = (seed: number) => `(hash(i, ${seed}) / 18446744073709551615.0)`
  await withDuckdb(async (run) => {
    await run('SET preserve_insertion_order = true')
    await run(`COPY (
      SELECT
        i AS id,
        TIMESTAMP '2026-01-01' + to_microseconds(i * 1000 + (hash(i, 1) % 1000)::BIGINT) AS measured_at,
        'device-' || (hash(i, 2) % 20000) AS device,
        ['eu-west-1', 'us-west-2', 'ap-south-1', 'sa-east-1'][1 + (hash(i, 3) % 4)::INTEGER] AS region,
        ${uniform(4)} AS v1,
        ${uniform(5)} * 1000 AS v2,
        ${uniform(6)} - 0.5 AS v3,
        sqrt(${uniform(7)}) AS v4,
        ${uniform(8)} * ${uniform(9)} AS v5,
        ${uniform(10)} * 1e6 AS v6,
        (hash(i, 11) % 10000000000)::DECIMAL(18, 2) / 100 AS amount,
        hash(i, 12) % 100 < 3 AS is_alarm,
        md5(i::VARCHAR) AS trace,
        substr(md5((i + 1)::VARCHAR), 1, 16) AS batch
      FROM range(${groupRows * ROW_GROUPS}) numbers(i)
    ) TO '${file}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${groupRows})`)
  })
}

async function describe(file: string): Promise<Dataset> {
  return withDuckdb(async (run) => {
    const groups = await run(
      `SELECT sum(total_compressed_size)::DOUBLE, any_value(row_group_num_rows)::DOUBLE FROM parquet_metadata('${file}') GROUP BY row_group_id ORDER BY row_group_id`,
    )
    const columns = await run(
      `SELECT path_in_schema, sum(total_compressed_size)::DOUBLE FROM parquet_metadata('${file}') GROUP BY path_in_schema`,
    )
    return {
      file,
      bytes: statSync(file).size,
      rows: groups.reduce((sum, [, rows]) => sum + Number(rows), 0),
      rowGroups: groups.map(([bytes]) => ({ bytes: Number(bytes) })),
      columns: Object.fromEntries(columns.map(([name, bytes]) => [typeof name === 'string' ? name : '', Number(bytes)])),
    }
  })
}
