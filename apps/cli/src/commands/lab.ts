import { readFile } from 'node:fs/promises'
import { usage, type Command } from '../invocation.ts'
import { waitForEnd } from './wait.ts'

/** `sluice lab start` */
export const startLabCommand: Command = async (invocation) => {
  const { options, terminal } = invocation
  const { readLabSeed, startLab } = await import('@sluice/server')
  const port = options.number('port')
  const path = options.text('seed')
  const seed = path === undefined ? undefined : readLabSeed(await seedText(path))
  const lab = await startLab({ ...(port === undefined ? {} : { port }), ...(seed === undefined ? {} : { seed }) })
  const routes = lab.routes.map(({ host, to }) => `${host}=${to}`).join(',')
  if (invocation.json) invocation.printJson({ url: lab.url, routes })
  else {
    invocation.print(`The lab answers at ${lab.url}; its page shows accounts, roles, policies and requests.\n`)
    invocation.print(`A server reaches it with SLUICE_ROUTES='${routes}'\n`)
  }
  await waitForEnd(terminal.signal)
  await lab.close()
  return 0
}

async function seedText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw usage(`The seed ${JSON.stringify(path)} cannot be read (${why}).`)
  })
}
