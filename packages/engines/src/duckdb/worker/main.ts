import type { FromWorker, Step, ToWorker } from '../protocol.ts'
import { EXIT_MEMORY } from '../protocol.ts'
import { Refusal } from './fence.ts'
import { openParser } from './instance.ts'
import { beginSession, type Session } from './session.ts'

/**
 * A worker: runs queries one after another, over files that the parent puts into each query's folder. It holds no credential and opens
 * no connection; all it says goes through the channel to its parent, and it ends with it.
 */
const parser = openParser()
let session: Session | undefined
let ceiling = Infinity

function send(message: FromWorker): void {
  process.send?.(message)
}

async function take(message: ToWorker & { kind: 'step' }): Promise<unknown> {
  const { id, step, input } = message
  switch (step) {
    case 'begin': {
      session?.close()
      session = undefined
      const begun = await beginSession(await parser, input)
      session = begun.session
      // Strings and lists that functions build are not all counted in the engine's own limit.
      ceiling = process.memoryUsage.rss() + input.limits.memoryBytes * 1.25 + 256 * 2 ** 20
      return { preview: begun.preview }
    }
    case 'plan':
      return begun().plan()
    case 'run':
      return begun().run(input.whole, (rows) => send({ kind: 'rows', id, rows }))
    case 'end':
      session?.close()
      session = undefined
      ceiling = Infinity
      return {}
    default:
      throw new Refusal({ reason: 'engine.query_failed', message: 'The engine was asked for something it does not know.' })
  }
}

function begun(): Session {
  if (!session) throw new Refusal({ reason: 'engine.query_failed', message: 'No query has begun.' })
  return session
}

/** Watches memory and reports progress while a step runs. */
async function watched(id: number, step: Step, work: () => Promise<unknown>): Promise<unknown> {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > ceiling) process.exit(EXIT_MEMORY)
    if (session?.isInterrupted()) session.interrupt()
    const fraction = step === 'run' ? session?.fraction() : undefined
    if (fraction !== undefined) send({ kind: 'progress', id, fraction })
  }, 100)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'interrupt') return session?.interrupt()
  watched(message.id, message.step, () => take(message)).then(
    (output) => send({ kind: 'done', id: message.id, output }),
    (error: unknown) =>
      send({
        kind: 'failed',
        id: message.id,
        failure:
          error instanceof Refusal
            ? error.failure
            : { reason: 'engine.query_failed', message: 'The engine met a condition it does not handle.' },
      }),
  )
})
// Not process.exit: it waits for the engine's threads, and a query under way may have hours to go.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
parser.then(
  () => send({ kind: 'ready' }),
  () => process.exit(1),
)
