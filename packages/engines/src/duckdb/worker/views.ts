import { join } from 'node:path'
import type { WireRelation } from '../protocol.ts'
import { identifier, literal, type Instance } from './instance.ts'
import { columnNames, nameOf, refuseHidden } from './metadata.ts'
import { NOTHING_MIXED, type MixedColumns } from './mixed-columns.ts'
import { textSource } from './text-source.ts'

/** Makes the view of a relation over what is in the query's folder now. */
export async function createView(instance: Instance, folder: string, relation: WireRelation, mixed: MixedColumns): Promise<void> {
  const parquet = relation.format.type === 'parquet'
  const source = await (parquet ? parquetSource(instance, folder, relation, mixed) : textSource(instance, folder, relation))
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

async function parquetSource(instance: Instance, folder: string, relation: WireRelation, mixed: MixedColumns): Promise<string> {
  const paths = relation.files.map((file) => literal(join(folder, file.local))).join(', ')
  // Partitions would be guessed from the path of the cache.
  const scan = `read_parquet([${paths}], hive_partitioning = false, union_by_name = ${relation.files.length > 1})`
  const { filename, rowNumber } = relation.metadata
  if (filename || rowNumber) await refuseHidden(instance, `SELECT * FROM ${scan}`, relation)
  const metadata = [
    ...(filename ? [`${nameOf(relation.files, 'file_index')} AS "METADATA$FILENAME"`] : []),
    ...(rowNumber ? ['file_row_number AS "METADATA$FILE_ROW_NUMBER"'] : []),
  ]
  const names = relation.positional || mixed !== NOTHING_MIXED ? await columnNames(instance, `SELECT * FROM ${scan}`) : undefined
  const columns = names?.map((name, index) => {
    const shown = relation.positional ? `$${index + 1}` : name
    return `${mixed.has(name.toLowerCase()) ? guarded(name) : identifier(name)} AS ${identifier(shown)}`
  }) ?? ['*']
  return `SELECT ${[...columns, ...metadata].join(', ')} FROM ${scan}`
}

/** The column as it is, in a way that keeps filters on it from going to the files, where they would be compared in the types of the files. */
function guarded(name: string): string {
  return `CASE WHEN ${identifier(name)} IS NOT NULL THEN ${identifier(name)} END`
}
