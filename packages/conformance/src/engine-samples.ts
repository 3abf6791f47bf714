import { expect } from 'vitest'
import {
  isAccessError,
  type AccessError,
  type EngineQuery,
  type FileFormat,
  type QueryLimits,
  type Relation,
  type SourceFile,
} from '@sluice/core'
import type { MemoryStore } from './memory-store.ts'

export const LIMITS: QueryLimits = {
  memoryBytes: 512 * 1024 * 1024,
  diskBytes: 512 * 1024 * 1024,
  rows: 10_000,
  milliseconds: 30_000,
  threads: 2,
}

export const PARQUET: FileFormat = { type: 'parquet', compression: 'auto' }

/** Puts files into the store and makes a relation of them. */
export function relationOf(
  store: MemoryStore,
  view: string,
  files: Readonly<Record<string, Uint8Array>>,
  more: Partial<Relation> = {},
): Relation {
  return {
    view,
    files: Object.entries(files).map(([key, content]) => fileOf(store, key, content)),
    format: PARQUET,
    positional: false,
    metadata: { filename: false, rowNumber: false },
    ...more,
  }
}

export function fileOf(store: MemoryStore, key: string, content: Uint8Array): SourceFile {
  const info = store.set(`data/${key}`, content)
  return {
    store,
    key: info.key,
    size: info.size,
    etag: info.etag,
    filename: key,
    ...(info.versionId === undefined ? {} : { versionId: info.versionId }),
  }
}

export function queryOf(sql: string, relations: readonly Relation[], limits: Partial<QueryLimits> = {}): EngineQuery {
  return { sql, relations, limits: { ...LIMITS, ...limits } }
}

/** The AccessError that a promise is rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<AccessError> {
  const error: unknown = await promise.then(
    () => expect.fail('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isAccessError(error)) return error
  throw error
}

export const never = new AbortController().signal

/** One row of everything: types, nesting, nulls; sorted by id, so that statistics can choose row groups. */
export const EVENTS = `
  SELECT i AS id, 'g' || (i % 7) AS grp, i * 0.25 AS v, ((i % 1000) / 8)::DECIMAL(18, 2) AS d, (i * 1.5)::DECIMAL(38, 4) AS big,
    DATE '2020-01-01' + (i // 100)::INT AS day, TIMESTAMP '2020-01-01' + to_seconds(i) AS ts,
    (TIMESTAMP '2020-01-01' + to_milliseconds(i))::TIMESTAMPTZ AS tz, (TIMESTAMP '2020-01-01' + to_seconds(i))::TIMESTAMP_NS AS tn,
    i % 3 = 0 AS ok, {'a': i::INT, 'b': {'c': 'c' || i, 'n': CASE WHEN i % 5 = 0 THEN NULL ELSE i END}} AS st,
    CASE WHEN i % 11 = 0 THEN NULL ELSE [i, NULL, i + 1] END AS l, [{'x': i, 'y': [i]}] AS ls, MAP {'k' || (i % 3): i} AS m,
    ('00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS u, encode('b' || i) AS bl,
    (170141183460469231731687303715884105727 - i)::HUGEINT AS h, (18446744073709551615 - i)::UBIGINT AS ub, (i % 100)::UTINYINT AS ti,
    CASE WHEN i % 4 = 0 THEN NULL ELSE i END AS sparse, NULL::INT AS nothing,
    CASE WHEN i % 5000 = 17 THEN 'NaN'::FLOAT ELSE (i % 50)::FLOAT END AS f, TIME '10:00:00' + to_seconds(i % 3600) AS tm,
    to_days((i % 9)::INT) AS iv, CASE WHEN i < 30000 THEN NULL ELSE 'late' || i END AS late, 'filler ' || hash(i) AS filler
  FROM range(40000) t(i)`
