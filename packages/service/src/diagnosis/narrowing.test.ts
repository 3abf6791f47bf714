import { accessError, type DiagnosisReport, type Finding, type ProbePlan, type ProbeRequests } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { narrow } from './narrowing.ts'

const signal = new AbortController().signal

/** A probe that tells `left` apart from what else is open. */
function plan(name: string, cost: number, left: readonly string[], more: Partial<ProbePlan> = {}): ProbePlan {
  const words = { en: '', zh: '' }
  return { name, asks: words, cost, about: ['read'], outcomes: [{ shows: words, tells: { leaves: left }, answers: [] }], ...more }
}

function reportOf(open: readonly string[]): DiagnosisReport {
  const [cause = '', ...alternatives] = open
  const finding: Finding = {
    cause,
    title: '',
    meaning: '',
    certainty: alternatives.length === 0 ? 'strong' : 'group',
    alternatives,
    evidence: { for: [], against: [] },
    affects: ['read'],
    remedy: { who: 'platform', where: '', summary: '', verify: '' },
    links: [],
  }
  return {
    verdict: open.length === 0 ? 'ok' : 'degraded',
    capabilities: { assume: 'ok', list: 'ok', read: 'denied', write: 'skipped', delete: 'skipped' },
    findings: open.length === 0 ? [] : [finding],
    security: [],
    cannotTell: [],
    probes: [],
    notes: [],
  }
}

/** Narrows `open` with these probes, each of which takes the causes away that it names; tells which were made, wave by wave. */
async function narrowed(
  open: readonly string[],
  probes: readonly (readonly [plan: ProbePlan, takes: readonly string[] | 'refused'])[],
): Promise<{ readonly asked: readonly string[]; readonly left: readonly string[] }> {
  const asked: string[] = []
  let left = open
  const requests: ProbeRequests = Object.fromEntries(
    probes.map(([{ name }, takes]) => [
      name,
      () => {
        asked.push(name)
        if (takes === 'refused') return Promise.reject(accessError('aws.denied', { message: 'Refused.' }))
        left = left.filter((code) => !takes.includes(code))
        return Promise.resolve()
      },
    ]),
  )
  await narrow({ plans: probes.map(([one]) => one), requests, diagnose: () => reportOf(left), begin: () => undefined }, signal)
  return { asked, left }
}

describe('asking on', () => {
  it('ends where one cause is left, the cheapest asked first', async () => {
    const dear = plan('dear', 3, ['a'])
    const cheap = plan('cheap', 1, ['a'])
    expect(
      await narrowed(
        ['a', 'b'],
        [
          [dear, []],
          [cheap, ['b']],
        ],
      ),
    ).toEqual({ asked: ['cheap'], left: ['a'] })
  })

  it('goes on where an answer told nothing, and makes no probe twice', async () => {
    const probes = [
      [plan('first', 1, ['a']), 'refused'],
      [plan('second', 2, ['a', 'b']), ['c']],
      [plan('third', 3, ['a']), []],
    ] as const
    expect(await narrowed(['a', 'b', 'c'], probes)).toEqual({ asked: ['first', 'second', 'third'], left: ['a', 'b'] })
  })

  it('asks nothing that tells nothing of what is open', async () => {
    const probes = [
      [plan('of others', 1, ['x']), []],
      [plan('of all of them', 1, ['a', 'b', 'x']), []],
      [plan('of writing', 1, ['a'], { about: ['write'] }), []],
      [plan('where listing is refused', 1, ['a'], { needs: ['write'] }), []],
      [plan('unless b is open', 1, ['a'], { unless: ['b'] }), []],
    ] as const
    expect(await narrowed(['a', 'b'], probes)).toEqual({ asked: [], left: ['a', 'b'] })
  })

  it('asks nothing where nothing is wrong or one cause is sure', async () => {
    const probes = [[plan('any', 1, ['a']), []]] as const
    expect((await narrowed([], probes)).asked).toEqual([])
    expect((await narrowed(['a'], probes)).asked).toEqual([])
  })

  it('makes no more than so many requests in a row', async () => {
    const codes = Array.from({ length: 20 }, (_, index) => `c${index}`)
    const probes = codes.map((code, index) => [plan(code, 5 + index / 100, [code]), []] as const)
    const { asked } = await narrowed(codes, probes)
    expect(asked.length).toBeGreaterThan(1)
    expect(asked.length * 5 * 40).toBeLessThan(1_000)
  })

  it('makes side by side what costs alike', async () => {
    const probes = [
      [plan('one', 1, ['a']), []],
      [plan('other', 1, ['b']), ['a']],
    ] as const
    expect((await narrowed(['a', 'b'], probes)).asked).toEqual(['one', 'other'])
  })

  it('keeps what probes wrote, to be taken away again', async () => {
    const writing = plan('writing', 1, ['a'], { writes: true })
    const requests: ProbeRequests = { writing: () => Promise.resolve({ versionId: 'v1' }) }
    const { written } = await narrow({ plans: [writing], requests, diagnose: () => reportOf(['a', 'b']), begin: () => undefined }, signal)
    expect(written).toEqual([{ versionId: 'v1' }])
  })
})
