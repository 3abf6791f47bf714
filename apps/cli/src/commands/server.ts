import { flushCompileCache } from 'node:module'
import type { Command, Invocation } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import { hang, printable } from '../output/text.ts'
import { waitForEnd } from './wait.ts'

/** `sluice server start` */
export const startServerCommand: Command = async (invocation) => {
  const { options, terminal } = invocation
  const { readConfig, startServer } = await import('@sluice/server')
  const config = readConfig({
    // A person at a terminal reads what goes wrong; the line for every request is for whoever collects logs.
    ...(terminal.stderr.isTty ? { SLUICE_LOG_LEVEL: 'warn' } : {}),
    ...given(terminal.environment),
    ...override('SLUICE_PORT', options.text('port')),
    ...override('SLUICE_HOST', options.text('host')),
    ...override('SLUICE_DATA_DIR', options.text('dataDir')),
  })
  const server = await startServer(config)
  if (invocation.json) invocation.printJson({ url: server.url, contextFile: server.contextFile })
  else {
    const { aws, aliyun } = config.platform
    const rows: [string, string][] = [
      ['AWS identity', aws?.principalArn ?? 'none: the role method is refused; keys and public buckets work'],
      ...(aliyun === undefined ? [] : [['Alibaba Cloud identity', aliyun.principalArn] satisfies [string, string]]),
      ['context file', `${server.contextFile}: this address and an API token; commands on this machine find it`],
    ]
    // A token belongs on a person's screen at most, and only once: not into logs, files and pipes.
    if (server.isFirstStart && terminal.stdout.isTty) rows.push(['API token', `${server.token} (shown this once)`])
    invocation.print(`${invocation.paint('green', '✓')} ${invocation.paint('bold', `Sluice answers at ${server.url}`)}\n`)
    invocation.print(facts(rows, terminal.stdout.columns))
    const next = aws === undefined ? 'sluice server doctor' : 'sluice connection create --help'
    invocation.print(`\nNext, in another terminal: ${next}\nCtrl+C stops the server.\n`)
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
    const width = invocation.terminal.stdout.columns
    const longest = Math.max(...findings.map(({ name }) => name.length))
    const side = 11 + longest + 2
    for (const { name, status, detail, remedy } of findings) {
      invocation.print(hang(`${marks[status]}  ${name.padEnd(longest)}  `, side, printable(detail), width))
      if (remedy !== undefined && remedy !== '' && status !== 'ok')
        invocation.print(hang(' '.repeat(side), side, printable(remedy, true), width))
    }
  }
  return sick ? 1 : 0
}

/** Variables that say something: an empty one is how a shell says "not set". */
function given(environment: Invocation['terminal']['environment']): { readonly [name: string]: string | undefined } {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

function override(name: string, value: string | undefined): { readonly [name: string]: string } {
  return value === undefined ? {} : { [name]: value }
}
