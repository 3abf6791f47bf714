import { accessError, type Clock } from '@sluice/core'
import type { WorkerProcess } from './worker-process.ts'

/** Workers, started when first needed and kept warm, each for one query at a time. */
export interface Pool {
  /** Waits for a free worker. Give it back, dead or alive, with `release`. */
  acquire(signal: AbortSignal): Promise<WorkerProcess>
  release(worker: WorkerProcess): void
  close(): Promise<void>
}

const shutting = () => accessError('engine.closed', { message: 'The engine is shutting down.' })

interface Turn {
  readonly grant: (worker: WorkerProcess) => void
  readonly refuse: (error: Error) => void
}

export interface PoolOptions {
  /** The most workers at a time. */
  readonly size: number
  /** A worker that nobody needs for so long is ended. */
  readonly idleMs: number
  readonly clock: Clock
}

export function createPool({ size, idleMs, clock }: PoolOptions, start: () => WorkerProcess): Pool {
  const all = new Set<WorkerProcess>()
  /** Those without a query, the longest idle first, each with what ends its wait for one. */
  const idle: { readonly worker: WorkerProcess; readonly waiting: AbortController }[] = []
  const turns: Turn[] = []
  let closed = false

  const forget = async (worker: WorkerProcess) => {
    await worker.ended
    all.delete(worker)
    const at = idle.findIndex((one) => one.worker === worker)
    for (const { waiting } of at < 0 ? [] : idle.splice(at, 1)) waiting.abort()
    serve()
  }
  const begin = () => {
    const worker = start()
    all.add(worker)
    void forget(worker)
    return worker
  }
  const rest = (worker: WorkerProcess) => {
    const waiting = new AbortController()
    idle.push({ worker, waiting })
    // The sleep is rejected when the worker is needed or gone.
    clock.sleep(idleMs, waiting.signal).then(worker.kill, () => undefined)
  }
  const wake = () => {
    for (let last = idle.pop(); last; last = idle.pop()) {
      last.waiting.abort()
      if (last.worker.isAlive()) return last.worker
    }
    return undefined
  }
  /** Serves those who wait, as far as there are workers. */
  const serve = () => {
    for (let turn = turns[0]; turn; turn = turns[0]) {
      const worker = wake() ?? (all.size < size ? begin() : undefined)
      if (!worker) return
      turns.shift()
      turn.grant(worker)
    }
  }

  return {
    acquire(signal) {
      if (closed) return Promise.reject(shutting())
      return new Promise((resolve, reject) => {
        const leave = () => {
          const at = turns.indexOf(turn)
          if (at >= 0) turns.splice(at, 1)
          reject(new Error('no longer wanted', { cause: signal.reason }))
        }
        const settled = () => signal.removeEventListener('abort', leave)
        const turn: Turn = {
          grant: (worker) => {
            settled()
            resolve(worker)
          },
          refuse: (error) => {
            settled()
            reject(error)
          },
        }
        if (signal.aborted) return leave()
        signal.addEventListener('abort', leave, { once: true })
        turns.push(turn)
        serve()
      })
    },
    release(worker) {
      if (worker.isAlive() && !closed) rest(worker)
      serve()
    },
    async close() {
      closed = true
      for (const turn of turns.splice(0)) turn.refuse(shutting())
      for (const worker of all) worker.kill()
      await Promise.all([...all].map((worker) => worker.ended))
    },
  }
}
