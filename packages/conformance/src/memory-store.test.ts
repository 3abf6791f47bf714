import { createMemoryStore } from './memory-store.ts'
import { testObjectStore } from './object-store.ts'

testObjectStore('memory', {
  open: async () => ({ store: createMemoryStore(), prefix: 'suite/', close: async () => undefined }),
  lacks: ['fetch-owner'],
})
