import { describe, expect, it } from 'vitest'
import { cliReference } from './reference.ts'
import { VERBS } from './verbs/index.ts'
import { NOUNS } from './verbs/nouns.ts'

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

  it('says of every noun what it is', () => {
    const nouns = new Set(VERBS.flatMap(({ noun, verb }) => (verb === undefined ? [] : [noun])))
    expect(Object.keys(NOUNS).toSorted()).toEqual([...nouns].toSorted())
  })

  it('loads every command it names', async () => {
    const loaded = await Promise.all(VERBS.map((verb) => verb.load()))
    expect(loaded.filter((command) => typeof command !== 'function')).toEqual([])
  })
})
