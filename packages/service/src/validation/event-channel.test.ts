import { expect, it } from 'vitest'
import { eventChannel } from './event-channel.ts'

it('yields what the work tells, in order, then ends', async () => {
  const seen: number[] = []
  const channel = eventChannel<number>(
    async (tell) => {
      tell(1)
      await Promise.resolve()
      tell(2)
    },
    () => {},
  )
  for await (const event of channel) seen.push(event)
  expect(seen).toEqual([1, 2])
})

it('throws the error of the work after its events', async () => {
  const channel = eventChannel<number>(
    (tell) => {
      tell(1)
      return Promise.reject(new Error('broken'))
    },
    () => {},
  )
  expect(await channel.next()).toEqual({ done: false, value: 1 })
  await expect(channel.next()).rejects.toThrow('broken')
})

it('stops the work when the reader leaves early', async () => {
  let stopped = false
  const channel = eventChannel<number>(
    (tell) => {
      tell(1)
      return new Promise(() => {})
    },
    () => {
      stopped = true
    },
  )
  await channel.next()
  await channel.return(undefined)
  expect(stopped).toBe(true)
})
