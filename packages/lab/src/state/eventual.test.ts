import { expect, it } from 'vitest'
import { eventualMap } from './eventual.ts'

function map() {
  let now = 0
  const values = eventualMap<string>({ now: () => now, sleep: async () => {} })
  return { values, advance: (ms: number) => (now += ms) }
}

it('shows a change to authorisation only after its delay', () => {
  const { values, advance } = map()
  values.set('role', 'one', 0)
  values.set('role', 'two', 10)
  expect([values.latest('role'), values.visible('role')]).toEqual(['two', 'one'])
  advance(10)
  expect(values.visible('role')).toBe('two')
})

it('never lets a later change overtake an earlier one', () => {
  const { values, advance } = map()
  values.set('role', 'late', 100)
  values.set('role', 'later', 0)
  expect(values.visible('role')).toBeUndefined()
  advance(100)
  expect(values.visible('role')).toBe('later')
})

it('deletes late too', () => {
  const { values, advance } = map()
  values.set('role', 'one', 0)
  values.set('role', undefined, 10)
  expect(values.names()).toEqual([])
  expect(values.visible('role')).toBe('one')
  advance(10)
  expect(values.visible('role')).toBeUndefined()
})
