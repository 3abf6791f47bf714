export { testStore, type StoreDatabase, type StoreHarness } from './store.ts'
