import type { DiagnosisReport, Finding, Json, JsonObject } from '@sluice/core'
import { describe, expect, it } from 'vitest'
import { applyPatch } from '../../packages/core/test/apply-patch.ts'
import { documentAt } from './case-places.ts'

/** A connection on its lab that works, as a scenario of denial finds it. Each cloud has its own. */
export interface DenialWorld {
  /** Probes the connection, writing included, and joins what is given from inside. */
  diagnose(evidence?: JsonObject): Promise<DiagnosisReport>
  /** The `documents` of a case, as the customer would read them at this moment. */
  documents(): JsonObject
  /** What reads of configuration answered beside the documents, as observations of a case: keys of an account, that there is no such role. */
  observations?(): readonly Json[]
  /** Puts a document where it belongs, by its place in a case: `documents.bucketPolicy`, `documents.rolePolicies[0]`. */
  put(place: string, document: Json): void | Promise<void>
  /**
   * What is allowed at this moment, of a fixed list of requests by us and by others: shows whether a repair opens more than it has to.
   * A request of others is named `others …`: a patch lets none of them in that the fault kept out.
   */
  allowed(): Promise<readonly string[]>
  close(): Promise<void>
}

/** One way in which a connection can come to be refused. */
export interface DenialScenario<World extends DenialWorld> {
  readonly name: string
  readonly cause: string
  /** What may not be told apart from outside, the cause included; absent where the cause alone is found. */
  readonly group?: readonly string[]
  /** Where nothing seen from outside speaks of the cause: others are told as possible, none as certain. */
  readonly onlyInside?: true
  /** How sure the finding is with the customer's documents: `proved` where nothing is said; `group` where even they leave it among others. */
  readonly inside?: Finding['certainty']
  /** Makes the world another one before it is found healthy: with an encrypted bucket, say. */
  readonly arrange?: (world: World) => void | Promise<void>
  readonly break: (world: World) => void | Promise<void>
  /** What another program of ours tries meanwhile, where probes do not come to what is refused. As observations of a case. */
  readonly tries?: (world: World) => Promise<readonly Json[]>
  /** What whoever is to act does, where the finding offers no patch of a document. */
  readonly repair?: (world: World) => void | Promise<void>
}

/** Two faults at once: the first is met first. */
export type DenialPair<World extends DenialWorld> = readonly [first: DenialScenario<World>, second: DenialScenario<World>]

/** Each scenario is healthy before, gives its cause while broken, and after what the finding says was done is healthy again, with nothing opened. */
export function testDenials<World extends DenialWorld>(
  title: string,
  start: () => Promise<World>,
  scenarios: readonly DenialScenario<World>[],
): void {
  describe(title, () => {
    it.each(scenarios.map((scenario) => [`${scenario.cause}: ${scenario.name}`, scenario] as const))('%s', async (_, scenario) => {
      const world = await start()
      try {
        await scenario.arrange?.(world)
        expectHealthy(await diagnose(world, [scenario]))
        const before = await world.allowed()
        await scenario.break(world)
        expectCause(await diagnose(world, [scenario]), scenario)
        const broken = await world.allowed()
        const isPatched = await repair(world, scenario)
        expectHealthy(await diagnose(world, [scenario]))
        const after = await world.allowed()
        expect(after.filter((request) => !before.includes(request) && !broken.includes(request))).toEqual([])
        const ofOthers = after.filter((request) => request.startsWith('others ') && !broken.includes(request))
        if (isPatched) expect(ofOthers).toEqual([])
      } finally {
        await world.close()
      }
    })
  })
}

/** With two faults at once the first is named, and after its repair the second. */
export function testDenialPairs<World extends DenialWorld>(
  title: string,
  start: () => Promise<World>,
  pairs: readonly DenialPair<World>[],
): void {
  describe(title, () => {
    it.each(pairs.map(([first, second]) => [`${first.cause}, then ${second.cause}`, first, second] as const))(
      '%s',
      async (_, first, second) => {
        const world = await start()
        try {
          for (const scenario of [first, second]) await scenario.arrange?.(world)
          for (const scenario of [first, second]) await scenario.break(world)
          const both = [first, second]
          expectCause(await diagnose(world, both), first)
          await repair(world, first, both)
          expectCause(await diagnose(world, both), second)
          await repair(world, second, both)
          expectHealthy(await diagnose(world, both))
        } finally {
          await world.close()
        }
      },
    )
  })
}

/** Probes, and joins what else was tried and what is given from inside. */
async function diagnose<World extends DenialWorld>(
  world: World,
  scenarios: readonly DenialScenario<World>[],
  inside: { readonly documents?: JsonObject; readonly observations?: readonly Json[] } = {},
): Promise<DiagnosisReport> {
  const tried: Json[] = []
  for (const { tries } of scenarios) tried.push(...((await tries?.(world)) ?? []))
  return world.diagnose({ ...inside, observations: [...tried, ...(inside.observations ?? [])] })
}

/** Does what the finding says: its patch where it has one, else what the scenario says somebody does. Tells whether it was a patch. */
async function repair<World extends DenialWorld>(
  world: World,
  scenario: DenialScenario<World>,
  both: readonly DenialScenario<World>[] = [scenario],
): Promise<boolean> {
  const documents = world.documents()
  const report = await diagnose(world, both, { documents, observations: world.observations?.() ?? [] })
  const [finding] = report.findings
  if (scenario.inside === 'group') expectCause(report, scenario)
  else expect(finding).toMatchObject({ cause: scenario.cause, certainty: scenario.inside ?? 'proved' })
  const { document: place, patch } = finding?.remedy ?? {}
  // What nobody showed is ours: who is to act changes what it is made from.
  const shown = place === undefined ? null : documentAt({ documents }, place)
  if (place !== undefined && patch !== undefined && shown !== null) {
    await world.put(place, applyPatch(shown, patch))
    return true
  }
  if (scenario.repair === undefined) throw new Error(`${scenario.cause} offers no patch, and the scenario says no repair.`)
  await scenario.repair(world)
  return false
}

function expectHealthy(report: DiagnosisReport): void {
  expect(report).toMatchObject({ verdict: 'ok', findings: [] })
}

/** From outside: the cause by itself, or the group that it cannot be told from. Never another with certainty. */
function expectCause<World extends DenialWorld>({ findings }: DiagnosisReport, scenario: DenialScenario<World>): void {
  const { cause, group, onlyInside } = scenario
  const [finding] = findings
  const told = finding === undefined ? [] : [finding.cause, ...finding.alternatives]
  if (onlyInside !== true) expect(told).toContain(cause)
  expect(told.filter((code) => !(group ?? [cause]).includes(code))).toEqual([])
  if (told.length > 1 || onlyInside === true) expect(finding?.certainty).toBe('group')
}

/** One scenario of a table, to make a pair of. */
export function named<World extends DenialWorld>(scenarios: readonly DenialScenario<World>[], name: string): DenialScenario<World> {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`There is no scenario that is called ${name}.`)
  return found
}
