import { ACCESSES } from '@sluice/core'
import { argument, type Command } from '../invocation.ts'
import { asCredentialProcess, asVariables } from '../output/lease-forms.ts'

/** `sluice lease create CONNECTION` */
export const createLease: Command = async (invocation) => {
  const { options, terminal } = invocation
  const chosen = new Set(options.list('access'))
  const access = ACCESSES.filter((one) => (chosen.size === 0 ? one === 'list' || one === 'read' : chosen.has(one)))
  const location = options.text('location')
  const minimumSeconds = options.number('minimumSeconds')
  const client = await invocation.client()
  const lease = await client.leases.create(
    {
      connection: argument(invocation, 0),
      access,
      ...(location === undefined ? {} : { location }),
      ...(minimumSeconds === undefined ? {} : { minimumSeconds }),
    },
    terminal.signal,
  )
  const format = options.text('format') ?? (invocation.json ? 'json' : 'env')
  // Whatever the form, the lease itself is the answer and the only thing on standard output.
  terminal.stdout.write(
    format === 'json' ? `${JSON.stringify(lease)}\n` : format === 'env' ? asVariables(lease) : asCredentialProcess(lease),
  )
  return 0
}
