import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Json } from '@sluice/core'

/**
 * A value as a cell of a result, the one place that decides:
 *
 * | SQL type | cell |
 * |---|---|
 * | BOOLEAN | boolean |
 * | integers of any size | number where it is exact, otherwise a string of digits |
 * | FLOAT, DOUBLE | number; `NaN`, `Infinity`, `-Infinity` as strings |
 * | DECIMAL | string, all its digits |
 * | DATE, TIME, TIMESTAMP, TIMESTAMPTZ | ISO 8601 strings, date and time joined by `T`; TIMESTAMPTZ in UTC |
 * | BLOB | string of lower-case hexadecimal digits |
 * | LIST, ARRAY | array |
 * | STRUCT | object |
 * | MAP | array of `{ key, value }` |
 * | UNION | `{ tag, value }` |
 * | VARCHAR, JSON, ENUM, UUID, INTERVAL and every other | string, as the engine prints it |
 */
export function cellOf(value: DuckDBValue): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint')
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(cellOf)
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, cellOf(entry)]))
  if (value instanceof DuckDBMapValue) return value.entries.map((entry) => ({ key: cellOf(entry.key), value: cellOf(entry.value) }))
  if (value instanceof DuckDBUnionValue) return { tag: value.tag, value: cellOf(value.value) }
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('hex')
  if (value instanceof DuckDBDateValue && !value.isFinite) return value.days > 0 ? 'infinity' : '-infinity'
  if (isTimestamp(value)) return isoTimestamp(withoutYearZero(String(value)), value instanceof DuckDBTimestampTZValue)
  return value instanceof DuckDBDateValue ? withoutYearZero(String(value)) : String(value)
}

/** The driver prints the year 1 before Christ as 0000, the years before it as the engine does. */
function withoutYearZero(text: string): string {
  return text.replace(/^0000-(\d\d-\d\d)/, '0001-$1 (BC)')
}

/** Whether every field of a struct anywhere in the type has a name of its own to stand under: the driver keeps one of those without. */
export function isShowable(type: DuckDBType): boolean {
  if (type instanceof DuckDBStructType)
    return type.entryNames.every((name) => name !== '' && name !== '__proto__') && type.entryTypes.every(isShowable)
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return isShowable(type.valueType)
  if (type instanceof DuckDBMapType) return isShowable(type.keyType) && isShowable(type.valueType)
  return !(type instanceof DuckDBUnionType) || type.memberTypes.every(isShowable)
}

function isTimestamp(value: DuckDBValue): boolean {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampTZValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue
  )
}

/** `2020-01-01 10:00:00+00` as `2020-01-01T10:00:00Z`; infinities and years before Christ stay as they are printed. */
function isoTimestamp(text: string, zoned: boolean): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00(?::00)?)?$/.exec(text)
  return match ? `${match[1]}T${match[2]}${zoned ? 'Z' : ''}` : text
}
