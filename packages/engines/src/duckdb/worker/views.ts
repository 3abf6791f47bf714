import { join } from 'node:path'
import type { WireRelation } from '../protocol.ts'
import { identifier, literal, type Instance } from './instance.ts'
import { columnNames, nameOf, refuseHidden } from './metadata.ts'
import { textSource } from './text-source.ts'

/** Makes the view of a relation over what is in the query's folder now. */
export async function createView(instance: Instance, folder: string, relation: WireRelation): Promise<void> {
  const source =
    relation.format.type === 'parquet' ? await parquetSource(instance, folder, relation) : await textSource(instance, folder, relation)
  await instance.connection.run(`CREATE VIEW ${identifier(relation.view)} AS ${source}`)
}

/**
 * For planning: an empty table with the columns of a relation whose scan cannot be serialized. Empty, because any row in it would
 * have statistics, and the optimizer believes those.
 */
export async function createStandIn(instance: Instance, folder: string, relation: WireRelation): Promise<void> {
  const source = await textSource(instance, folder, relation, true)
  await instance.connection.run(`CREATE TABLE ${identifier(relation.view)} AS ${source}`)
}

async function parquetSource(instance: Instance, folder: string, relation: WireRelation): Promise<string> {
  const paths = relation.files.map((file) => literal(join(folder, file.local))).join(', ')
  // Partitions would be guessed from the path of the cache.
  const scan = `read_parquet([${paths}], hive_partitioning = false, union_by_name = ${relation.files.length > 1})`
  const { filename, rowNumber } = relation.metadata
  if (filename || rowNumber) await refuseHidden(instance, `SELECT * FROM ${scan}`, relation)
  const metadata = [
    ...(filename ? [`${nameOf(relation.files, 'file_index')} AS "METADATA$FILENAME"`] : []),
    ...(rowNumber ? ['file_row_number AS "METADATA$FILE_ROW_NUMBER"'] : []),
  ]
  const columns = relation.positional
    ? (await columnNames(instance, `SELECT * FROM ${scan}`)).map((name, index) => `${identifier(name)} AS "$${index + 1}"`)
    : ['*']
  return `SELECT ${[...columns, ...metadata].join(', ')} FROM ${scan}`
}
