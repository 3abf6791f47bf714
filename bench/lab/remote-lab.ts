import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Route } from '@sluice/core'
import type { LabMessage } from './messages.ts'
import type { LabOperations } from './operations.ts'

/** A lab in another process. */
export interface RemoteLab {
  readonly url: string
  readonly routes: readonly Route[]
  /** Has the lab do something. */
  call<Name extends keyof LabOperations>(
    name: Name,
    ...given: Parameters<LabOperations[Name]>
  ): Promise<Awaited<ReturnType<LabOperations[Name]>>>
  close(): Promise<void>
}

/** Starts a lab in a process of its own. */
export async function startRemoteLab(): Promise<RemoteLab> {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), { execArgv: ['--conditions=sluice-source'] })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let count = 0

  child.on('message', (message) => {
    // The child sends nothing else.
    const told = message as LabMessage
    if (told.kind === 'ready') return ready.resolve()
    const call = waiting.get(told.id)
    waiting.delete(told.id)
    if (told.kind === 'done') call?.resolve(told.value)
    else call?.reject(new Error(`The lab could not: ${told.message}`))
  })
  child.on('exit', () => {
    const error = new Error('The lab’s process has ended')
    ready.reject(error)
    for (const call of waiting.values()) call.reject(error)
    ended.resolve()
  })

  const call: RemoteLab['call'] = (name, ...given) => {
    const id = ++count
    const answer = Promise.withResolvers<unknown>()
    waiting.set(id, answer)
    child.send({ id, name, arguments: given })
    // The child answers a call with what the operation of that name gives.
    return answer.promise as ReturnType<typeof call<typeof name>>
  }
  await ready.promise
  return {
    ...(await call('address')),
    call,
    async close() {
      child.disconnect()
      await ended.promise
    },
  }
}
