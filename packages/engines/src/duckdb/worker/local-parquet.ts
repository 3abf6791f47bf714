import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { FooterError, readFooter, type Footer } from '../parquet/footer.ts'
import { rewriteFooter } from '../parquet/rewrite.ts'
import type { WireRelation } from '../protocol.ts'
import { Refusal } from './fence.ts'

/** A file of the cache: as long as its object, hollow but for what was fetched. */
export interface LocalFile {
  readonly relation: number
  readonly file: number
  readonly view: string
  readonly path: string
  readonly size: number
  readonly name: string
}

export interface LocalParquet extends LocalFile {
  readonly footer: Footer
}

export function localFiles(folder: string, relations: readonly WireRelation[]): readonly LocalFile[] {
  return relations.flatMap((relation, index) =>
    relation.format.type === 'parquet'
      ? relation.files.map(({ local, size, name }, file) => ({
          relation: index,
          file,
          view: relation.view,
          path: join(folder, local),
          size,
          name,
        }))
      : [],
  )
}

/** Reads the footer at the end of a hollow file. The parent has seen to it that it is there. */
export async function openParquet(local: LocalFile): Promise<LocalParquet> {
  const handle = await open(local.path)
  try {
    const tail = Buffer.alloc(8)
    await handle.read(tail, 0, 8, local.size - 8)
    const length = tail.readUInt32LE(0)
    const metadata = Buffer.alloc(Math.max(0, Math.min(length, local.size - 12)))
    await handle.read(metadata, 0, metadata.length, local.size - 8 - metadata.length)
    return { ...local, footer: readFooter(metadata, local.size) }
  } catch (error) {
    if (!(error instanceof FooterError)) throw error
    const reason = error.kind === 'corrupt' ? 'engine.file_corrupt' : 'engine.file_unsupported'
    throw new Refusal({ reason, message: `The file ${local.name} cannot be read: ${error.message}.`, file: local.name })
  } finally {
    await handle.close()
  }
}

/** Ends the local file with a footer that shows only these row groups. */
export async function showOnly(file: LocalParquet, rowGroups: readonly number[]): Promise<void> {
  const footer = rewriteFooter(file.footer, rowGroups)
  const handle = await open(file.path, 'r+')
  try {
    await handle.truncate(file.size)
    await handle.write(footer, 0, footer.length, file.size)
  } finally {
    await handle.close()
  }
}

/** Ends the local file with a footer that shows every row group, as it is to be planned over and read in full. */
export async function showAll(file: LocalParquet): Promise<void> {
  await showOnly(
    file,
    file.footer.rowGroups.map((_, index) => index),
  )
}
