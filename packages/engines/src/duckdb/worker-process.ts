import { fork, type ChildProcess } from 'node:child_process'
import { accessError, type Cell } from '@sluice/core'
import { EXIT_MEMORY, type Failure, type FromWorker, type Requests, type Step, type StepMessage } from './protocol.ts'

/** What a step says while it runs. */
export interface StepEvents {
  readonly onRows?: (rows: readonly (readonly Cell[])[]) => void
  readonly onProgress?: (fraction: number) => void
}

/** A child process that runs one query at a time. */
export interface WorkerProcess {
  readonly pid: number | undefined
  /** Runs one step. Rejects with a StepFailure, or with `engine.died` when the process ends first. */
  request<S extends Step>(step: S, input: Requests[S]['input'], events?: StepEvents): Promise<Requests[S]['output']>
  /** Asks the running step to stop. */
  readonly interrupt: () => void
  readonly kill: () => void
  /** False from the moment it is killed, though it may take a while to end. */
  isAlive(): boolean
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
}

/** A step that the worker reported as failed. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure'
  readonly failure: Failure
  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

interface Waiting {
  readonly resolve: (output: unknown) => void
  readonly reject: (error: Error) => void
  readonly events: StepEvents
}

/** Starts a worker. It inherits no environment: no credential, no proxy, no option of ours reaches it. */
export function startWorker(cacheDirectory: string): WorkerProcess {
  const source = import.meta.url.endsWith('.ts')
  const child = fork(new URL(source ? './worker/main.ts' : './worker/main.js', import.meta.url), [], {
    cwd: cacheDirectory,
    // The engine's threads run on libuv's; more of them keep the worker's own file work from waiting behind a query.
    // glibc and macOS overwrite freed memory: a damaged file that makes a reader show memory it never filled shows no other query's data.
    env: { TZ: 'UTC', LC_ALL: 'C.UTF-8', UV_THREADPOOL_SIZE: '8', MALLOC_PERTURB_: '165', MallocScribble: '1' },
    execArgv: source ? ['--conditions=sluice-source', '--disable-warning=ExperimentalWarning'] : [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  return workerOf(child)
}

function workerOf(child: ChildProcess): WorkerProcess {
  const waiting = new Map<number, Waiting>()
  let lastWords = ''
  let next = 1
  let alive = true
  let killed = false

  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-2000)
  })
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') return
    const step = waiting.get(message.id)
    if (!step) return
    if (message.kind === 'rows') return step.events.onRows?.(message.rows)
    if (message.kind === 'progress') return step.events.onProgress?.(message.fraction)
    waiting.delete(message.id)
    if (message.kind === 'done') step.resolve(message.output)
    else step.reject(new StepFailure(message.failure))
  })
  const ended = new Promise<void>((resolve) => {
    const end = (status: string, cause?: Error) => {
      if (!alive) return
      alive = false
      const error = status === String(EXIT_MEMORY) ? outOfMemory() : died(status, lastWords, cause)
      for (const step of waiting.values()) step.reject(error)
      waiting.clear()
      resolve()
    }
    child.once('exit', (code, signal) => end(String(signal ?? code)))
    // A process that could not be started emits no exit.
    child.once('error', (error) => end('not started', error))
  })
  // A worker without a query must not keep its parent alive.
  const idle = () => {
    child.unref()
    child.channel?.unref()
  }
  idle()

  const post = <S extends Step>(message: StepMessage<S> | { readonly kind: 'interrupt' }) => {
    // A channel that is closed already is followed by the exit event, which rejects what waits.
    if (child.connected) child.send(message, () => undefined)
  }
  return {
    pid: child.pid,
    request(step, input, events = {}) {
      if (!alive) return Promise.reject(died('before', lastWords))
      const id = next++
      child.ref()
      child.channel?.ref()
      const output = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject, events }))
      post({ kind: 'step', id, step, input })
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a step answers is fixed by `Requests`, and the worker is our own code
      return output.finally(() => waiting.size === 0 && idle()) as Promise<Requests[typeof step]['output']>
    },
    interrupt: () => post({ kind: 'interrupt' }),
    kill() {
      killed = true
      // Whoever waits for its end must live to see it.
      child.ref()
      child.kill('SIGKILL')
    },
    isAlive: () => alive && !killed,
    ended,
  }
}

function outOfMemory() {
  return accessError('engine.limit_memory', { message: 'The query needs more memory than it may use.' })
}

function died(status: string, lastWords: string, cause?: Error) {
  return accessError('engine.died', {
    message: 'The engine process ended in the middle of the query.',
    context: { status },
    cause: cause ?? new Error(lastWords.trim() || `status ${status}`),
  })
}
