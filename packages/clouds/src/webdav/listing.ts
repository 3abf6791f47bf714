import { type ListPage, type ListRequest, type ObjectInfo, accessError, compareKeys, isAccessError } from '@sluice/core'
import type { WebdavCaller } from './call.ts'
import { type Entry, entriesOf } from './collection.ts'

const PAGE = 1_000

/**
 * One page of the keys under a prefix, as an object store would list them: in the order of their bytes, whatever folders they lie in.
 * A page goes on after the last key of the one before; folders that lie wholly before it are not asked for again.
 */
export async function listFolders(call: WebdavCaller, request: ListRequest, signal: AbortSignal): Promise<ListPage> {
  const { prefix, delimiter, maxKeys = PAGE } = request
  if (delimiter !== undefined && delimiter !== '/')
    throw accessError('store.unsupported', { message: 'This store groups by / and nothing else.' })
  const after = request.continuation ?? request.startAfter ?? ''
  const objects: ObjectInfo[] = []
  const prefixes: string[] = []
  let last = ''
  for await (const { key, file } of walk(call, prefix, after, delimiter === undefined, signal)) {
    if (objects.length + prefixes.length === Math.min(maxKeys, PAGE)) return { objects, prefixes, continuation: last }
    if (file === undefined) prefixes.push(key)
    else objects.push(file)
    last = key
  }
  return { objects, prefixes }
}

/** Files (and folders, where these are not entered) under a prefix and after a key, in order. */
async function* walk(
  call: WebdavCaller,
  prefix: string,
  after: string,
  enters: boolean,
  signal: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  for (const entry of await sorted(call, folder, signal)) {
    if (!entry.key.startsWith(prefix)) continue
    const isBefore = compareKeys(entry.key, after) <= 0
    if (entry.file === undefined && enters) {
      if (!isBefore || after.startsWith(entry.key)) yield* walk(call, entry.key, after, enters, signal)
    } else if (!isBefore) yield entry
  }
}

/** The entries of a folder in the order of all that lies in them: a folder's name counts with its slash. None where there is no folder. */
async function sorted(call: WebdavCaller, folder: string, signal: AbortSignal): Promise<readonly Entry[]> {
  try {
    return (await entriesOf(call, folder, signal)).toSorted((one, other) => compareKeys(one.key, other.key))
  } catch (error) {
    if (folder !== '' && isAccessError(error) && error.reason === 'object.missing') return []
    throw error
  }
}
