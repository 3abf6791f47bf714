import type { WireFile, WireRelation } from '../protocol.ts'
import { Refusal } from './fence.ts'
import { literal, type Instance } from './instance.ts'

/** The name of a row's file as users know it, picked by the file's index among the files read. */
export function nameOf(files: readonly WireFile[], index: string): string {
  return `[${files.map((file) => literal(file.name)).join(', ')}][${index}::BIGINT + 1]`
}

/** The names of a query's columns. */
export async function columnNames(instance: Instance, source: string): Promise<readonly string[]> {
  const prepared = await instance.connection.prepare(source)
  const names = Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index))
  prepared.destroySync()
  return names
}

/** The engine's columns that METADATA columns are made of. */
const HIDDEN = new Set(['file_index', 'file_row_number'])

/** Refuses files that have a column of a name that the METADATA columns are made of: it would be shown in their place. */
export async function refuseHidden(instance: Instance, source: string, relation: WireRelation): Promise<void> {
  const name = (await columnNames(instance, source)).find((column) => HIDDEN.has(column.toLowerCase()))
  if (name === undefined) return
  const file = relation.files[0]?.name ?? ''
  throw new Refusal({
    reason: 'engine.file_unsupported',
    message: `The file ${file} has a column called ${name}, which leaves no way to tell its rows' METADATA.`,
    remedy: 'Leave METADATA$FILENAME and METADATA$FILE_ROW_NUMBER out of the query, or rename the column.',
    file,
  })
}
