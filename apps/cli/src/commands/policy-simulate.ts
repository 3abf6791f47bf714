import { ERROR_CODES, simulateS3Call } from '@sluice/core'
import type { Command } from '../invocation.ts'
import { describeSimulation, simulationJson } from '../output/simulation.ts'
import { simulationOf } from '../simulation-options.ts'

/** `sluice policy simulate` */
export const simulatePolicies: Command = async (invocation) => {
  const simulation = await simulationOf(invocation.options, invocation.terminal)
  const result = simulateS3Call(simulation)
  if (invocation.json) invocation.printJson(simulationJson(simulation, result))
  else {
    const { body, notes } = describeSimulation(simulation, result, invocation.paint)
    invocation.print(body)
    invocation.note(notes)
  }
  return result.allowed ? 0 : ERROR_CODES.denied.exit
}
