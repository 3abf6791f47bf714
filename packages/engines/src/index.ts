export { createDuckdbEngine, type DuckdbEngineOptions } from './duckdb/engine.ts'
export { createEngines, type EngineDeps } from './registry.ts'
