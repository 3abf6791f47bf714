import {
  type AccessError,
  accessError,
  type Connection,
  type FileFormat,
  type Location,
  type Relation,
  type SourceFile,
} from '@sluice/core'
import type { Caller, Leases, Stages } from '../contract.ts'
import type { ServiceDeps } from '../shared/deps.ts'
import { formatFromSettings, formatOfFile } from '../stages/file-format.ts'
import { FIND_LIMITS, type FilesWanted, findFiles, type FoundFile, noFiles } from '../stages/find-files.ts'
import { openForReading, type Opener } from '../stages/open-location.ts'
import { connectionByName, connectionOfStage } from '../stages/stages.ts'
import { inlineSource } from './inline-source.ts'
import { locateError } from './locate-error.ts'
import { sqlError } from './position.ts'
import type { PlannedSource, QueryPlan } from './query-plan.ts'
import type { FileReference } from './stage-reference.ts'
import type { FormatOption } from './statement.ts'
import { splitUrl } from './url-reference.ts'

export interface ResolveDeps extends ServiceDeps {
  readonly stages: Stages
  readonly leases: Leases
}

/** Where a reference points, before its files are looked for. */
interface Place {
  readonly connection: Connection
  readonly open: Opener
  readonly location: Location
  readonly path: string
  readonly format: FileFormat
}

/** Finds the files of every reference of a query, all at once; the first failure stops the others. Errors point at the reference they are about. */
export async function resolveSources(
  deps: ResolveDeps,
  caller: Caller,
  source: string,
  plan: QueryPlan,
  signal: AbortSignal,
): Promise<readonly Relation[]> {
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  const failures: AccessError[] = []
  const resolving = plan.sources.map(async (planned) => {
    try {
      return [await resolveSource(deps, caller, source, planned, inner)]
    } catch (error) {
      failures.push(locateError(error, source, planned.span))
      stop.abort()
      return []
    }
  })
  const relations = (await Promise.all(resolving)).flat()
  if (failures[0]) throw failures[0]
  return relations
}

/** The format that a FILE_FORMAT clause describes; errors point at the option. */
export function formatOfClause(source: string, options: readonly FormatOption[]): FileFormat {
  return formatFromSettings(options, (option, reason, message) => sqlError(reason, source, option.span, message))
}

/** The files that a stage reference means, for LIST. */
export async function filesOfReference(
  deps: ResolveDeps,
  caller: Caller,
  reference: FileReference,
  wanted: Omit<FilesWanted, 'path'>,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const place = await placeOf(deps, caller, '', { reference, arguments: {} }, signal)
  return openAndFind(place, wanted, false, signal)
}

async function resolveSource(
  deps: ResolveDeps,
  caller: Caller,
  source: string,
  planned: PlannedSource,
  signal: AbortSignal,
): Promise<Relation> {
  const given = planned.arguments
  const place = await placeOf(deps, caller, source, planned, signal)
  const wanted = {
    ...(given.files ? { files: given.files.value } : {}),
    ...(given.pattern ? { pattern: given.pattern.value } : {}),
  }
  const chosen = given.format ? formatOfClause(source, given.format) : place.format
  const isParquet = formatOfFile(chosen, place.path || place.location.prefix).type === 'parquet'
  const found = await openAndFind(place, wanted, isParquet, signal)
  if (found.length === 0) throw noFiles(place.path)
  const format = commonFormat(chosen, found)
  if (planned.documentUse && format.type !== 'ndjson')
    throw sqlError('sql.document_path', source, planned.documentUse, `$1:path reads NDJSON; these files are ${format.type}.`)
  const files = found.map(({ info, store, filename }): SourceFile => ({
    store,
    key: info.key,
    size: info.size,
    etag: info.etag,
    ...(info.versionId === undefined ? {} : { versionId: info.versionId }),
    filename,
  }))
  return { view: planned.view, files, format, positional: planned.positional, metadata: planned.metadata }
}

async function placeOf(
  deps: ResolveDeps,
  caller: Caller,
  source: string,
  { reference, arguments: given }: Pick<PlannedSource, 'reference' | 'arguments'>,
  signal: AbortSignal,
): Promise<Place> {
  if (reference.kind === 'stage') {
    const stage = await deps.stages.get(caller, reference.stage)
    const connection = await connectionOfStage(deps, caller, stage)
    const { location } = stage
    return { connection, open: opening(connection, location), location, path: reference.path, format: stage.format }
  }
  const format: FileFormat = { type: 'parquet', compression: 'auto', byExtension: true }
  if (given.connection) {
    const { connection, cloud } = await connectionByName(deps, caller, given.connection.value)
    const { location, path } = splitUrl(cloud, reference.url)
    return { connection, open: opening(connection, location), location, path, format }
  }
  const { open, location, path } = await inlineSource(deps, caller, source, reference, given.inline)
  return {
    connection: open.connection,
    open: (access) => deps.leases.openOnce(caller, open, location, access, signal),
    location,
    path,
    format,
  }

  function opening(connection: Connection, location: Location): Opener {
    return (access) => deps.leases.open(caller, connection, location, access, signal)
  }
}

async function openAndFind(
  place: Place,
  wanted: Omit<FilesWanted, 'path'>,
  readTail: boolean,
  signal: AbortSignal,
): Promise<readonly FoundFile[]> {
  const { store, canList } = await openForReading(place.open, place.connection, place.location)
  const context = { store, location: place.location, canList, limits: FIND_LIMITS, readTail }
  return findFiles(context, { path: place.path, ...wanted }, signal)
}

/** The one format of a reference's files: chosen, or what all their extensions say. */
function commonFormat(chosen: FileFormat, found: readonly FoundFile[]): FileFormat {
  const formats = found.map((file) => formatOfFile(chosen, file.filename))
  const [first] = formats
  const other = formats.find((format) => format.type !== first?.type)
  if (first && !other) return first
  throw accessError('stage.file_format', {
    message: `The files are of several formats: ${first?.type ?? ''} and ${other?.type ?? ''}, by their extensions.`,
    remedy: "Choose files of one format with PATTERN => '.*[.]csv' or a glob, or say FILE_FORMAT => 'csv'.",
  })
}
