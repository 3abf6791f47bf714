export { sampleConnection as sampleStoreConnection } from './store-samples.ts'
export { testStore, type StoreDatabase, type StoreHarness } from './store.ts'
export { createMemoryStore, type MemoryRequest, type MemoryStore } from './memory-store.ts'
export { HOSTILE_KEYS, testObjectStore, type ObjectStoreHarness, type StoreUnderTest } from './object-store.ts'
