import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testStore } from '@sluice/conformance'
import { openStore } from '../src/index.ts'
import { clock, MASTER_KEY, OTHER_KEY, random } from './support.ts'

testStore('SQLite', {
  async makeDatabase() {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-store-'))
    const url = `sqlite:${join(directory, 'metadata.db')}`
    return {
      open: (key = 'usual') => openStore({ url, masterKey: key === 'usual' ? MASTER_KEY : OTHER_KEY, clock, random }),
      remove: () => rm(directory, { recursive: true }),
    }
  },
})
