import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import { AGGREGATE_FUNCTIONS, VALUE_FUNCTIONS } from './functions.ts'

/** Functions that make one row of many, macros made of them included: a preview that took one for a plain function would be wrong. */
it('knows every aggregate among the functions that queries may call', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const found = await connection.runAndReadAll('SELECT lower(function_name), function_type, macro_definition FROM duckdb_functions()')
  connection.closeSync()
  instance.closeSync()
  const aggregates = new Set<string>()
  const macros = new Map<string, string>()
  for (const [name, type, definition] of found.getRows())
    if (type === 'aggregate') aggregates.add(String(name))
    else if (definition !== null) macros.set(String(name), String(definition))
  // Macros may be made of macros.
  for (let before = -1; before !== aggregates.size;) {
    before = aggregates.size
    for (const [name, definition] of macros) {
      const called = definition.matchAll(/"?([a-z_0-9]+)"?\(/g)
      if ([...called].some(([, callee]) => callee !== undefined && aggregates.has(callee))) aggregates.add(name)
    }
  }
  expect(aggregates.has('weighted_avg')).toBe(true)
  expect([...aggregates].filter((name) => VALUE_FUNCTIONS.has(name) && !AGGREGATE_FUNCTIONS.has(name))).toEqual([])
})
