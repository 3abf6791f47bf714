import { describe, expect, it } from 'vitest'
import { cliReference } from './reference.ts'
import { VERBS } from './verbs/index.ts'

describe('the reference of the command line', () => {
  it('has every command with every flag', () => {
    const page = cliReference()
    for (const verb of VERBS) {
      expect(page).toContain(`### ${['sluice', verb.noun, verb.verb].filter((word) => word !== undefined).join(' ')}`)
      for (const option of verb.options ?? []) expect(page).toContain(`\`${option.flags}\``)
    }
    expect(page).toMatch(/\| 7 \| .*limit.*try again/i)
    expect(page).not.toMatch(/undefined|\[object/)
  })

  it('loads every command it names', async () => {
    const loaded = await Promise.all(VERBS.map((verb) => verb.load()))
    expect(loaded.filter((command) => typeof command !== 'function')).toEqual([])
  })
})
