import type { Footer, SchemaNode } from '../parquet/footer.ts'
import type { LocalParquet } from './local-parquet.ts'
import type { ColumnNeed, Scan } from './plan.ts'
import { columnNamed, hasDistinctNames, mayMatch } from './prune.ts'

/** The bytes [start, end) of a file. */
export type Span = readonly [start: number, end: number]

/** What a query needs of one file. */
export interface Slice {
  readonly file: LocalParquet
  /** Those that its footer is to show. */
  readonly rowGroups: readonly number[]
  /** Where the needed bytes lie, in order. */
  readonly spans: readonly Span[]
}

/**
 * An old writer counts a dictionary page's header into nothing (PARQUET-816): a few bytes more than announced are fetched of its files.
 * Of no others: the beginning of a chunk that was not asked for must stay a hole, so that reading it fails.
 * https://github.com/apache/arrow/blob/main/cpp/src/parquet/file_reader.cc
 */
const CHUNK_SLACK = 100
const SHORT_CHUNKS = /^parquet-mr version (?:0\.|1\.[01]\.|1\.2\.[0-8](?!\d))/

/**
 * What is needed of each file: the union of what the scans need, so that whatever the engine decides to read while it runs is there.
 *
 * Row groups are left out only where the plan shows as many scans of the view as the statement names it: a scan that is not there was
 * answered from statistics and counts of the footers, and would be answered wrongly from fewer row groups.
 * Without scans (a plan that is not understood) everything is needed.
 */
export function slicesOf(
  files: readonly LocalParquet[],
  scans: readonly Scan[] | undefined,
  references: ReadonlyMap<string, number>,
): readonly Slice[] {
  if (!scans) return files.map((file) => ({ file, rowGroups: allOf(file.footer), spans: [[0, file.size]] }))
  const viewOf = new Map(files.map((file) => [file.path, file.view]))
  const found = new Map<string, number>()
  for (const scan of scans) {
    const view = viewOf.get(scan.files[0] ?? '') ?? ''
    found.set(view, (found.get(view) ?? 0) + 1)
  }
  const rowsOf = new Map(files.map((file) => [file.path, file.footer.rowGroups.reduce((sum, group) => sum + group.rows, 0)]))
  return files.map((file) => {
    const own = scans.filter((scan) => scan.files.includes(file.path))
    const prune = found.get(file.view) === references.get(file.view)
    const rowGroups = prune ? union(own.map((scan) => rowGroupsOf(file, scan, rowsLeft(scan, file.path, rowsOf)))) : allOf(file.footer)
    const leaves = union(own.map((scan) => leavesOf(file.footer, scan.columns)))
    return { file, rowGroups, spans: spansOf(file, rowGroups, leaves) }
  })
}

/** How many rows a limited scan still wants when it comes to this file. */
function rowsLeft(scan: Scan, path: string, rowsOf: ReadonlyMap<string, number>): number {
  if (scan.rows === undefined) return Infinity
  const before = scan.files.slice(0, scan.files.indexOf(path))
  return before.reduce((left, other) => left - (rowsOf.get(other) ?? 0), scan.rows)
}

function rowGroupsOf({ footer }: LocalParquet, scan: Scan, rows: number): readonly number[] {
  const chosen: number[] = []
  let left = rows
  for (const [index, group] of footer.rowGroups.entries()) {
    if (left <= 0) break
    left -= group.rows
    // A row group that is dropped shifts the numbers of the rows after it.
    if (scan.rowNumbers || mayMatch(scan.filters, footer, group)) chosen.push(index)
  }
  return chosen
}

function leavesOf(footer: Footer, columns: readonly ColumnNeed[]): readonly number[] {
  // Names that differ only in case are renamed by the engine: which is meant cannot be told from the name.
  if (!hasDistinctNames(footer.root)) return range(0, footer.leaves)
  return columns.flatMap((column) => {
    const node = columnNamed(footer.root, column.name)
    if (!node) return []
    return column.paths.length === 0 ? leavesBelow(node) : column.paths.flatMap((path) => leavesAt(node, path))
  })
}

function leavesAt(node: SchemaNode, path: readonly string[]): readonly number[] {
  const [name, ...rest] = path
  const child = name === undefined || node.repeated ? undefined : columnNamed(node, name)
  return child ? leavesAt(child, rest) : leavesBelow(node)
}

function spansOf({ footer, size }: LocalParquet, rowGroups: readonly number[], leaves: readonly number[]): readonly Span[] {
  const spans: Span[] = []
  const slack = SHORT_CHUNKS.test(footer.createdBy) ? CHUNK_SLACK : 0
  for (const index of rowGroups)
    for (const leaf of leaves) {
      const chunk = footer.rowGroups[index]?.chunks[leaf]
      if (chunk && chunk.end > chunk.start) spans.push([chunk.start, Math.min(size, chunk.end + slack)])
    }
  return spans.sort((a, b) => a[0] - b[0])
}

const leavesBelow = (node: SchemaNode) => range(node.firstLeaf, node.endLeaf)
const allOf = (footer: Footer) => range(0, footer.rowGroups.length)

function union(lists: readonly (readonly number[])[]): readonly number[] {
  return [...new Set(lists.flat())].sort((a, b) => a - b)
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: end - start }, (_, index) => start + index)
}
