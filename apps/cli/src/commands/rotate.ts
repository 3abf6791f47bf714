import type { RotationView } from '@sluice/api'
import { accessError } from '@sluice/core'
import { argument, usage, type Command, type Invocation } from '../invocation.ts'
import { createChecklist } from '../output/checklist.ts'
import { describeReport } from '../output/report.ts'
import { printable } from '../output/text.ts'
import { chooseMethod, readFields } from './auth-fields.ts'
import { cloudOf } from './choose-cloud.ts'
import { oneOperand, secretEnd, warn } from './connection-save.ts'
import { exitCodeOf } from './validate.ts'

/** `sluice connection rotate NAME` */
export const rotateConnection: Command = async (invocation) => {
  const { options, terminal } = invocation
  if (options.flag('abandon')) return abandon(invocation)
  const client = await invocation.client()
  // Fields depend on the connection's cloud and method, so the name has to be known first: it comes first.
  const { connection } = await client.connections.show(argument(invocation, 0), terminal.signal)
  const { clouds } = await client.clouds(terminal.signal)
  const { operands, method, given } = chooseMethod(cloudOf(clouds, connection.cloud), connection.auth.method, invocation.arguments)
  const name = oneOperand(operands)
  const triesAgain = given.size === 0 && connection.next !== undefined
  const auth = triesAgain ? undefined : await readFields(invocation, method, given, 'secrets')
  const waitSeconds = options.number('wait')
  const body = {
    ...(auth === undefined ? {} : { auth }),
    ...secretEnd(invocation),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
  }
  const checklist = invocation.json ? undefined : createChecklist(terminal.stdout, invocation.paint)
  let rotation: RotationView | undefined
  try {
    for await (const event of client.connections.rotate(name, body, terminal.signal)) {
      if (event.type === 'rotation') rotation = event.rotation
      else checklist?.show(event)
    }
  } finally {
    checklist?.finish(rotation?.report)
  }
  if (rotation === undefined) throw accessError('server.unexpected_answer', { message: 'The rotation ended without its outcome.' })
  if (invocation.json) invocation.printJson(rotation)
  else printOutcome(invocation, rotation)
  return exitCodeOf(rotation.report)
}

function printOutcome(invocation: Invocation, { outcome, connection, report, warnings }: RotationView): void {
  const { paint, terminal } = invocation
  const name = printable(connection.name)
  invocation.print(describeReport(report, paint, terminal.stdout.columns))
  warn(invocation, warnings)
  if (outcome === 'switched')
    invocation.print(`\n${paint('green', '✓')} ${name} uses the new secret. The old one is deleted here; the customer may revoke it.\n`)
  else
    invocation.print(
      `\n${paint('yellow', '!')} ${name} goes on with its present secret. The new one waits.\n` +
        `  try it again  sluice connection rotate ${name}\n  drop it       sluice connection rotate ${name} --abandon\n`,
    )
}

async function abandon(invocation: Invocation): Promise<number> {
  const name = oneOperand(invocation.arguments)
  if (name.startsWith('-')) throw usage('The name of the connection is missing.')
  const { connection } = await (await invocation.client()).connections.abandonRotation(name, invocation.terminal.signal)
  if (invocation.json) invocation.printJson({ connection })
  else invocation.print(`The new secret of ${printable(connection.name)} is dropped; the present one stays in use.\n`)
  return 0
}
