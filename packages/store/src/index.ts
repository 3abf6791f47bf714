export { loadMasterKey, type MasterKeySource } from './master-key.ts'
export { openStore, type StoreOptions } from './open-store.ts'
