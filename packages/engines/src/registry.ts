import type { Engine } from '@sluice/core'
import { createDuckdbEngine, type DuckdbEngineOptions } from './duckdb/engine.ts'

export type EngineDeps = DuckdbEngineOptions

/** Every engine there is; the first is the one used unless another is asked for. */
export function createEngines(deps: EngineDeps): readonly [Engine, ...Engine[]] {
  return [createDuckdbEngine(deps)]
}
