import { DatabaseSync } from 'node:sqlite'
import { accessError, type Clock } from '@sluice/core'
import { isBusy } from '../errors.ts'
import { makeFile } from './make-file.ts'

const POLL_MS = 50

/**
 * Keeps a database file to one process. Waits up to `waitMs` for a process that is ending, then refuses.
 *
 * The lock is SQLite's own, on an empty file beside the database: the operating system ends it with the process, however that dies,
 * so nothing stale is ever left; and backup tools can still read the database itself.
 */
export async function lockFile(path: string, waitMs: number, clock: Clock, signal: AbortSignal): Promise<{ readonly release: () => void }> {
  const lockPath = `${path}.lock`
  makeFile(lockPath)
  const lock = new DatabaseSync(lockPath, { timeout: 0 })
  try {
    const deadline = clock.now() + waitMs
    while (!tryLock(lock)) {
      if (clock.now() >= deadline)
        throw accessError('store.locked', { message: `Another Sluice process has ${path} open.`, context: { path } })
      await clock.sleep(POLL_MS, signal)
    }
  } catch (error) {
    lock.close()
    throw error
  }
  return { release: () => lock.close() }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    // Nothing is ever written to it, so that it needs no journal file.
    lock.exec('pragma journal_mode = memory')
    lock.exec('begin exclusive')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    throw error
  }
}
