import { accessError, Bucket, isAccessError, type Location, type ObjectInfo, type ObjectStore } from '@sluice/core'
import { checkPath } from './path.ts'
import { readStagePath, type StagePath } from './glob.ts'
import { compilePattern } from './pattern.ts'
import { type Headed, headWithTail } from './tail.ts'

/** Which files of a location are meant. */
export interface FilesWanted {
  /** Relative to the location: a folder (ends with '/' or is empty), a file, or a glob. */
  readonly path: string
  /** A regular expression that the rest of the key, after the folder, must match as a whole. */
  readonly pattern?: string
  /** Names below the path, each of which must exist. */
  readonly files?: readonly string[]
}

export interface FindLimits {
  /** More files than this are refused. */
  readonly files: number
  /** Listing stops with an error after this many objects. */
  readonly listed: number
}

export const FIND_LIMITS: FindLimits = { files: 15_000, listed: 1_000_000 }

/** One file found: the object, the store to read it from, and its key relative to the location. */
export interface FoundFile {
  readonly info: ObjectInfo
  readonly store: ObjectStore
  readonly filename: string
}

/** How to look: `canList` is whether the connection may list. */
export interface FindContext {
  readonly store: ObjectStore
  readonly location: Location
  readonly canList: boolean
  readonly limits: FindLimits
  /** Whether the file, where the path names a single one, is Parquet that is going to be read: then its end is read at once. */
  readonly readTail: boolean
}

const PARALLEL_HEADS = 16

/**
 * Finds the files that a reference means, in the order of their keys.
 * Listing leaves out folder markers and objects without bytes. Empty when nothing is meant; a file named in `files` that is missing is an error.
 */
export async function findFiles(context: FindContext, wanted: FilesWanted, signal: AbortSignal): Promise<readonly FoundFile[]> {
  const { location } = context
  checkPath(wanted.path)
  const path = readStagePath(wanted.path)
  if (path.kind === 'literal') checkPath(path.key)
  if (location.extent === 'object') return oneObject(context, path, wanted, signal)
  if (wanted.files) return namedFiles(context, path, wanted.files, wanted.pattern, signal)
  if (path.kind === 'literal' && path.key !== '' && !path.key.endsWith('/')) {
    const file = await headIfThere(context, keyOf(context, path.key), path.key, context.readTail, signal)
    if (file) return matching(wanted.pattern, '', [file])
    if (!context.canList) return []
    return listFolder(context, { kind: 'literal', key: `${path.key}/` }, wanted.pattern, signal)
  }
  return listFolder(context, path, wanted.pattern, signal)
}

/** The error for a reference that means no file at all. */
export function noFiles(path: string) {
  const where = path === '' ? 'the stage' : `'${path}'`
  return accessError('stage.no_files', {
    message: `no files found. specify a prefix/pattern/files that matches at least one file (looked at ${where})`,
  })
}

async function oneObject(context: FindContext, path: StagePath, wanted: FilesWanted, signal: AbortSignal): Promise<readonly FoundFile[]> {
  const name = context.location.prefix.slice(context.location.prefix.lastIndexOf('/') + 1)
  const meansIt = path.kind === 'literal' && (path.key === '' || path.key === name)
  if (!meansIt || wanted.files?.some((file) => file !== name)) return []
  const file = await headIfThere(context, context.location.prefix, name, context.readTail, signal)
  return file ? matching(wanted.pattern, '', [file]) : []
}

async function namedFiles(
  context: FindContext,
  path: StagePath,
  files: readonly string[],
  pattern: string | undefined,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  if (path.kind === 'glob') throw accessError('stage.path', { message: 'FILES names files below a folder; the path has wildcards.' })
  if (files.length > context.limits.files) throw tooMany(context.limits.files)
  const folder = path.key === '' || path.key.endsWith('/') ? path.key : `${path.key}/`
  const found: FoundFile[] = []
  for (let from = 0; from < files.length; from += PARALLEL_HEADS) {
    const batch = files.slice(from, from + PARALLEL_HEADS)
    found.push(...(await Promise.all(batch.map((name) => namedFile(context, folder, name, signal)))))
  }
  return matching(pattern, folder, found)
}

async function namedFile(context: FindContext, folder: string, name: string, signal: AbortSignal): Promise<FoundFile> {
  checkPath(name)
  const file = await headIfThere(context, keyOf(context, `${folder}${name}`), `${folder}${name}`, false, signal)
  if (!file) throw accessError('stage.no_files', { message: `There is no file '${folder}${name}' in the stage.` })
  return file
}

async function head({ store }: FindContext, key: string, readTail: boolean, signal: AbortSignal): Promise<Headed> {
  return readTail ? headWithTail(store, key, signal) : { info: await store.head(key, {}, signal), store }
}

function keyOf({ location }: FindContext, relative: string): string {
  return `${location.prefix}${relative}`
}

async function headIfThere(
  context: FindContext,
  key: string,
  filename: string,
  readTail: boolean,
  signal: AbortSignal,
): Promise<FoundFile | undefined> {
  try {
    return { ...(await head(context, key, readTail, signal)), filename }
  } catch (error) {
    // A missing bucket is an error of its own; only a missing object leaves other readings of the path.
    if (isAccessError(error) && error.reason === 'object.missing') return undefined
    throw error
  }
}

async function listFolder(
  context: FindContext,
  path: StagePath,
  pattern: string | undefined,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  if (!context.canList)
    throw accessError('stage.no_list_access', { message: 'The connection may not list, so that only files named one by one can be read.' })
  const literal = path.kind === 'literal' ? path.key : path.prefix
  const folder = literal.slice(0, literal.lastIndexOf('/') + 1)
  const isMeant = path.kind === 'glob' ? compilePattern(path.pattern) : () => true
  const matches = pattern === undefined ? () => true : compilePattern(pattern)
  const found: FoundFile[] = []
  let listed = 0
  const bucket = new Bucket(context.store, context.location)
  for await (const objects of bucket.listPages({ prefix: `${context.location.prefix}${literal}` }, signal)) {
    listed += objects.length
    if (listed > context.limits.listed)
      throw accessError('stage.too_many_files', { message: `The folder has more than ${context.limits.listed} objects.` })
    for (const info of objects) {
      if (!isFile(info)) continue
      const filename = info.key.slice(context.location.prefix.length)
      if (isMeant(filename) && matches(filename.slice(folder.length))) found.push({ info, store: context.store, filename })
    }
    if (found.length > context.limits.files) throw tooMany(context.limits.files)
  }
  return found
}

function matching(pattern: string | undefined, folder: string, files: readonly FoundFile[]): readonly FoundFile[] {
  if (pattern === undefined) return files
  const matches = compilePattern(pattern)
  return files.filter((file) => matches(file.filename.slice(folder.length)))
}

/** Consoles make folders as empty objects; an object without bytes is no file of any format. */
function isFile(info: ObjectInfo): boolean {
  return info.size > 0 && !info.key.endsWith('/')
}

function tooMany(limit: number) {
  return accessError('stage.too_many_files', { message: `More than ${limit} files are meant.` })
}
