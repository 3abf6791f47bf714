import { evidenceScript } from '@sluice/core'
import { requireReadable, subjectNamed, subjectOfOptions } from '../evidence/subject.ts'
import { languageOf } from './diagnose.ts'
import type { Command } from '../invocation.ts'

/** `sluice diagnose script [NAME]`: asks a server only where a connection is named. */
export const printEvidenceScript: Command = async (invocation) => {
  const [name] = invocation.arguments
  const subject = requireReadable(name === undefined ? subjectOfOptions(invocation) : await subjectNamed(name, invocation))
  const script = evidenceScript(subject, languageOf(invocation))
  if (invocation.json) invocation.printJson({ script })
  else {
    invocation.terminal.stdout.write(script)
    if (invocation.terminal.stdout.isTty) return 0
    const use = name === undefined ? 'sluice diagnose --case FILE' : `sluice connection diagnose ${name} --evidence FILE`
    invocation.note(`The customer runs it with sh where they are signed in, and gives back the file that it writes: ${use}\n`)
  }
  return 0
}
