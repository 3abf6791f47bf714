import { flushCompileCache } from 'node:module'
import type { Command } from '../invocation.ts'
import { printable } from '../output/text.ts'
import { waitForEnd } from './wait.ts'

/** `sluice server start` */
export const startServerCommand: Command = async (invocation) => {
  const { options, terminal } = invocation
  const { readConfig, startServer } = await import('@sluice/server')
  const server = await startServer(
    readConfig({
      ...terminal.environment,
      ...override('SLUICE_PORT', options.text('port')),
      ...override('SLUICE_HOST', options.text('host')),
      ...override('SLUICE_DATA_DIR', options.text('dataDir')),
    }),
  )
  // A token belongs on a person's screen at most, and only once: not into logs, files and pipes.
  const shown = server.isFirstStart && terminal.stdout.isTty && !invocation.json
  if (invocation.json) invocation.printJson({ url: server.url, contextFile: server.contextFile })
  else {
    invocation.print(`Sluice answers at ${server.url}\n`)
    invocation.print(
      `The address and an API token are in ${printable(server.contextFile)}, readable by you alone; commands here find them.\n`,
    )
    if (shown) invocation.print(`The token, shown this once: ${server.token}\n`)
    invocation.print('Next, in another terminal: sluice platform show\n')
  }
  // A server may end without a chance to write; the next start is to be quick all the same.
  flushCompileCache()
  await waitForEnd(terminal.signal)
  invocation.note('Stopping; what runs may finish.\n')
  await server.close()
  return 0
}

/** `sluice server doctor` */
export const doctorCommand: Command = async (invocation) => {
  const { examine } = await import('@sluice/server')
  const findings = await examine({ ...invocation.terminal.environment, ...override('SLUICE_DATA_DIR', invocation.options.text('dataDir')) })
  const sick = findings.some((finding) => finding.status === 'problem')
  if (invocation.json) invocation.printJson({ ok: !sick, findings })
  else {
    const marks = {
      ok: invocation.paint('green', '✓ ok     '),
      note: invocation.paint('yellow', '! note   '),
      problem: invocation.paint('red', '✗ problem'),
    }
    for (const { name, status, detail, remedy } of findings) {
      invocation.print(`${marks[status]}  ${name.padEnd(14)} ${printable(detail)}\n`)
      if (remedy !== undefined && status !== 'ok') invocation.print(`${' '.repeat(11)}${' '.repeat(15)}${printable(remedy)}\n`)
    }
  }
  return sick ? 1 : 0
}

function override(name: string, value: string | undefined): { readonly [name: string]: string } {
  return value === undefined ? {} : { [name]: value }
}
