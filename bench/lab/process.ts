/**
 * A lab in a process of its own, so that it does not take the processor from what is measured any more than a real cloud would.
 * Ends with its parent.
 */
import { startLab } from '@sluice/lab'
import type { LabCall, LabMessage } from './messages.ts'
import { labOperations } from './operations.ts'

const lab = await startLab()
const operations = labOperations(lab)
const say = (message: LabMessage): void => void process.send?.(message)

async function answer(call: LabCall): Promise<void> {
  try {
    // The type of a call ties its name to its arguments; the compiler cannot follow that through the lookup.
    const operation = operations[call.name] as (...given: readonly unknown[]) => unknown
    say({ kind: 'done', id: call.id, value: await operation(...call.arguments) })
  } catch (error) {
    say({ kind: 'failed', id: call.id, message: error instanceof Error ? error.message : String(error) })
  }
}

process.on('message', (message) => {
  // The parent sends nothing else.
  void answer(message as LabCall)
})
process.on('disconnect', () => process.exit())
say({ kind: 'ready' })
