import { homedir } from 'node:os'
import { join } from 'node:path'
import { accessError } from '@sluice/core'
import { createClient, type Client, type ClientOptions } from '@sluice/api'
import { usage } from './invocation.ts'
import type { Terminal } from './terminal.ts'

/** A client of the server named by --server, else by SLUICE_SERVER_URL, else by the context file of this machine. */
export async function connect(flag: string | undefined, terminal: Terminal): Promise<Client> {
  const found = await resolveServer(flag, terminal.environment)
  return createClient({ ...found, ...(terminal.fetch === undefined ? {} : { fetch: terminal.fetch }) })
}

/** Which server to talk to and as whom. A token of the context file goes only to the server that file names. */
export async function resolveServer(
  flag: string | undefined,
  environment: Terminal['environment'],
): Promise<Pick<ClientOptions, 'baseUrl' | 'token'>> {
  const named = flag ?? environment['SLUICE_SERVER_URL']
  const given = environment['SLUICE_TOKEN']
  if (named !== undefined && named !== '') {
    const baseUrl = serverUrl(named)
    if (given !== undefined && given !== '') return { baseUrl, token: given }
    const context = await readContext(environment)
    return context !== undefined && serverUrl(context.server) === baseUrl ? { baseUrl, token: context.token } : { baseUrl }
  }
  const context = await readContext(environment)
  if (context === undefined) throw accessError('server.none', { message: 'No server is named, and none was started on this machine.' })
  return { baseUrl: context.server, token: given === undefined || given === '' ? context.token : given }
}

async function readContext(environment: Terminal['environment']) {
  const { readContextFile } = await import('@sluice/server')
  return readContextFile(join(dataDirOf(environment), 'context.json'))
}

/** The server's data folder, where it leaves the context file. */
function dataDirOf(environment: Terminal['environment']): string {
  return environment['SLUICE_DATA_DIR'] || join(environment['HOME'] ?? homedir(), '.sluice')
}

function serverUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw usage(`${JSON.stringify(text)} is not the URL of a server.`, 'Write it like http://127.0.0.1:7780.')
  return new URL(text).origin
}
