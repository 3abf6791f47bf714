import { accessError } from '@sluice/core'
import type { Walkthrough } from '@sluice/server'
import { pairs, usage, type Command } from '../invocation.ts'
import type { Paint } from '../output/paint.ts'
import { readInput } from './read-input.ts'
import { waitForEnd } from './wait.ts'

const LARGEST_PORT = 65_535

/** `sluice lab start` */
export const startLabCommand: Command = async (invocation) => {
  const { options, terminal, paint } = invocation
  const { readLabSeed, startLab } = await import('@sluice/server')
  const port = options.number('port')
  if (port !== undefined && port > LARGEST_PORT) throw usage(`${port} is not a port; the largest is ${LARGEST_PORT}.`)
  const path = options.text('seed')
  const seed = path === undefined ? undefined : readLabSeed(await readInput(terminal, path, 'seed'))
  const { lab, walkthrough } = await startLab({
    ...(port === undefined ? {} : { port }),
    ...(seed === undefined ? {} : { seed }),
    issuers: pairs(options.list('issuer'), '--issuer'),
  }).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause
    throw accessError('server.port_taken', {
      message: `Another process listens on port ${port ?? ''}.`,
      remedy: 'Stop it, or choose another port with --port.',
      cause,
    })
  })
  const routes = lab.routes.map(({ host, to }) => `${host}=${to}`).join(',')
  if (invocation.json) invocation.printJson({ url: lab.url, routes, ...walkthrough })
  else {
    invocation.print(`${paint('green', '✓')} ${paint('bold', `The lab answers at ${lab.url}`)}; its page is ${lab.url}/_lab\n`)
    invocation.print('It verifies as AWS does, nothing reaches AWS, and it forgets everything when it ends.\n')
    invocation.print(walkthrough === undefined ? reachedWith(routes) : nextSteps(lab.url, routes, walkthrough, paint))
    invocation.print('\nCtrl+C ends the lab.\n')
  }
  await waitForEnd(terminal.signal)
  await lab.close()
  return 0
}

function reachedWith(routes: string): string {
  return `\nA server reaches it with:\n  export SLUICE_ROUTES='${routes}'\n`
}

/** Everything to copy for the walk-through. The lines are not broken: they are for a shell. */
function nextSteps(url: string, routes: string, { platform, customer, region }: Walkthrough, paint: Paint): string {
  return `
${paint('bold', `The platform, account ${platform.account}`)}: in a terminal for the server
  export SLUICE_DATA_DIR=~/.sluice-lab
  export SLUICE_ROUTES='${routes}'
  export SLUICE_AWS_PRINCIPAL_ARN=${platform.principalArn}
  export SLUICE_REGIONS=${region}
  export AWS_ACCESS_KEY_ID=${platform.key.id}
  export AWS_SECRET_ACCESS_KEY=${platform.key.secret}
  npx sluice server start

${paint('bold', 'A connection')}: in a third terminal
  export SLUICE_DATA_DIR=~/.sluice-lab
  npx sluice connection create acme --account-id ${customer.account} --location s3://${customer.bucket}/data/ --purpose import
  npx sluice connection setup acme --output acme-setup

${paint('bold', `The customer's admin, account ${customer.account}`)}: applies the template of the folder
  npx sluice lab apply acme-setup/cloudformation.json --account ${customer.account} --lab ${url}
or, with the AWS CLI (2.13 or newer), runs its script
  export AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=${customer.key.id} AWS_SECRET_ACCESS_KEY=${customer.key.secret}
  bash acme-setup/setup.sh

${paint('bold', 'And')}: back in the third terminal
  npx sluice connection validate acme
`
}
