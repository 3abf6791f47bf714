import { folderOf, type ListScope } from './listing.ts'
import { compareKeys } from './object-table.ts'

/** What of an upload its listing looks at. */
interface Waiting {
  readonly id: string
  readonly key: string
}

export interface UploadPage<Upload> {
  readonly uploads: readonly Upload[]
  readonly prefixes: readonly string[]
  /** The last upload looked at, where there are more. */
  readonly next: Upload | undefined
}

/** One page of the uploads of a bucket that were neither completed nor aborted, by key and then by id. */
export function listWaitingUploads<Upload extends Waiting>(
  all: readonly Upload[],
  scope: ListScope,
  after: { readonly key: string; readonly id: string },
): UploadPage<Upload> {
  const waiting = all
    .filter((upload) => upload.key.startsWith(scope.prefix))
    .sort((left, right) => compareKeys(left.key, right.key) || (left.id < right.id ? -1 : 1))
    .filter((upload) => isAfter(upload, after))
  const prefixes = new Set<string>()
  const uploads: Upload[] = []
  let last: Upload | undefined
  for (const upload of waiting) {
    const folder = folderOf(upload.key, scope.prefix, scope.delimiter)
    if (folder !== undefined && prefixes.has(folder)) continue
    if (uploads.length + prefixes.size >= scope.maxKeys) return { uploads, prefixes: [...prefixes], next: last }
    if (folder === undefined) uploads.push(upload)
    else prefixes.add(folder)
    last = upload
  }
  return { uploads, prefixes: [...prefixes], next: undefined }
}

function isAfter(upload: Waiting, after: { readonly key: string; readonly id: string }): boolean {
  const order = compareKeys(upload.key, after.key)
  return after.key === '' || order > 0 || (order === 0 && after.id !== '' && upload.id > after.id)
}
