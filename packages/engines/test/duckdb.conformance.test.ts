import { afterAll } from 'vitest'
import { testEngine } from '@sluice/conformance'
import { openEngine } from './support/engine.ts'
import { openOracle } from './support/oracle.ts'

const oracle = await openOracle()
afterAll(() => oracle.close())

testEngine({ name: 'duckdb', open: openEngine, parquet: oracle.parquet, oracle: oracle.oracle })
