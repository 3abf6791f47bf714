import { accessError, type SourceFile } from '@sluice/core'

/** Counts what a query brings in and keeps it within its disk. Mutable: one per query. */
export interface Meter {
  bytesFetched: number
  bytesPlanned: number
  requests: number
  /** Bytes written to the query's folder. */
  bytesStored: number
  /** Throws `engine.limit_disk` when `bytes` more do not fit. */
  reserve(bytes: number): void
}

export function createMeter(diskBytes: number): Meter {
  return {
    bytesFetched: 0,
    bytesPlanned: 0,
    requests: 0,
    bytesStored: 0,
    reserve(bytes) {
      if (this.bytesStored + bytes > diskBytes)
        throw accessError('engine.limit_disk', {
          message: `The query needs more than the ${megabytes(diskBytes)} of local disk it may use.`,
          context: { limitBytes: diskBytes },
        })
      this.bytesStored += bytes
    },
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString('en-US')} MB`
}

/** Damage or emptiness found before the engine sees the file. */
export function damaged(file: SourceFile, what: string, cause?: unknown) {
  return accessError('engine.file_corrupt', {
    message: `The file ${file.filename} cannot be read: ${what}.`,
    context: { file: file.filename },
    ...(cause === undefined ? {} : { cause }),
  })
}
