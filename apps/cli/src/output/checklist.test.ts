import { CHECKS, type Check, type CheckName } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { createChecklist } from './checklist.ts'

const plain = (_colour: string, text: string) => text

function pipe() {
  const lines: string[] = []
  const list = createChecklist(
    { write: (text) => lines.push(...text.trimEnd().split('\n')), isTty: false, columns: undefined, rows: undefined },
    plain,
  )
  const finish = (index: number, status: 'passed' | 'failed' = 'passed') =>
    list.show({ type: 'check-finished', check: checkAt(index, status) })
  return { lines, list, finish }
}

function checkAt(index: number, status: 'passed' | 'failed'): Check {
  const { name, title, severity } = CHECKS[index] ?? CHECKS[0]
  const row: { readonly name: CheckName; readonly title: string; readonly severity: 'required' | 'advisory' } = { name, title, severity }
  if (status === 'passed') return { ...row, status, ms: index }
  return {
    ...row,
    status,
    ms: index,
    reason: 'trust.refused',
    message: 'refused',
    remedy: { who: 'cloud-admin', where: '', summary: '', verify: '' },
  }
}

const titleAt = (index: number) => expect.stringContaining(CHECKS[index]?.title ?? '')

describe('a checklist on a pipe', () => {
  it('writes a row as soon as all before it are known, in the order of the table', () => {
    const { lines, finish } = pipe()
    finish(2)
    finish(1)
    expect(lines).toEqual([])
    finish(0)
    expect(lines).toEqual([titleAt(0), titleAt(1), titleAt(2)])
    finish(4)
    expect(lines).toHaveLength(3)
  })

  it('writes what is left when the run ends, also rows behind one that this cloud does not have', () => {
    const { lines, list, finish } = pipe()
    finish(0)
    finish(2)
    list.finish(undefined)
    expect(lines).toEqual([titleAt(0), titleAt(2)])
  })

  it('writes again only what came out otherwise when the checks are tried again', () => {
    const { lines, list, finish } = pipe()
    for (const at of [0, 1, 2]) finish(at)
    finish(3, 'failed')
    list.show({ type: 'waiting-for-propagation', attempt: 1, secondsLeft: 58 })
    for (const at of [0, 1, 2, 3, 4]) finish(at)
    expect(lines.slice(4)).toEqual([expect.stringContaining('trying again, for up to 58 s'), titleAt(3), titleAt(4)])
    expect(lines.slice(5)).toEqual([expect.stringMatching(/^✓/), expect.stringMatching(/^✓/)])
  })
})

const AT_TRUST = CHECKS.findIndex((check) => check.name === 'trust-accepts-us')

describe('a checklist on a terminal', () => {
  it('has a row for each check that is planned, and for no other', () => {
    const frames: string[] = []
    const list = createChecklist({ write: (text) => frames.push(text), isTty: true, columns: 120, rows: 10 }, plain)
    list.show({ type: 'checks-planned', names: ['configuration-well-formed', 'trust-accepts-us'] })
    list.show({ type: 'check-started', name: 'trust-accepts-us' })
    expect(frames.at(-1)?.split('\n')).toEqual([
      expect.stringContaining('pending       Configuration is well formed'),
      expect.stringContaining('running       Trust accepts us'),
      expect.anything(),
    ])
  })

  it('goes on showing what is waited for, until it is tried again', () => {
    const frames: string[] = []
    const list = createChecklist({ write: (text) => frames.push(text), isTty: true, columns: 120, rows: 40 }, plain)
    list.show({ type: 'check-finished', check: checkAt(AT_TRUST, 'failed') })
    list.show({ type: 'waiting-for-propagation', attempt: 1, secondsLeft: 58 })
    expect(frames.at(-1)).toMatch(/✗ failed +Trust accepts us.*trying again, for up to 58 s/s)
    list.show({ type: 'check-started', name: 'trust-accepts-us' })
    expect(frames.at(-1)).not.toContain('✗ failed')
    expect(frames.at(-1)).toMatch(/… running +Trust accepts us/)
  })
})
