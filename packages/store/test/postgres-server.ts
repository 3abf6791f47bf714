import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PostgresServer {
  readonly password: string
  url(database: string, password?: string): string
  createDatabase(name: string): void
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

/** Starts a PostgreSQL of its own, from Debian's package, on 127.0.0.1 and in a temporary folder. PostgreSQL refuses to run as root. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = join('/usr/lib/postgresql', newestVersion(), 'bin')
  const directory = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  const data = join(directory, 'data')
  const password = 'c4n4ry-pa55word'
  const passwordFile = join(directory, 'password')
  const user = unprivileged()
  writeFileSync(passwordFile, password)
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(directory, user.uid, user.gid)
    chownSync(passwordFile, user.uid, user.gid)
  }
  const options: SpawnOptions = { ...user, cwd: directory, stdio: 'ignore' }
  const cluster = ['-D', data, '-U', 'sluice', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  execFileSync(join(bin, 'initdb'), [...cluster, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'], { ...options, stdio: 'ignore' })
  const port = await freePort()
  let server: ChildProcess | undefined

  const url = (database: string, given = password) => `postgres://sluice:${given}@127.0.0.1:${port}/${database}`
  const psql = (database: string, sql: string) =>
    execFileSync(join(bin, 'psql'), ['-X', '-q', '-d', url(database), '-c', sql], { stdio: ['ignore', 'ignore', 'pipe'] })

  async function start(): Promise<void> {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', directory, '-c', 'fsync=off'], options)
    const listening = join(bin, 'pg_isready')
    // pg_isready itself waits between its attempts; it has no option to wait until the server is there.
    for (let attempt = 0; attempt < 100; attempt++) {
      const probe = spawn(listening, ['-q', '-h', '127.0.0.1', '-p', `${port}`, '-t', '1'], { stdio: 'ignore' })
      const [code] = await once(probe, 'exit')
      if (code === 0) return
      if (server.exitCode !== null) throw new Error('PostgreSQL ended while starting')
    }
    throw new Error('PostgreSQL did not start')
  }

  async function stop(): Promise<void> {
    if (!server || server.exitCode !== null) return
    const exited = once(server, 'exit')
    // Fast shutdown: clients are disconnected. https://www.postgresql.org/docs/15/server-shutdown.html
    server.kill('SIGINT')
    await exited
  }

  await start()
  return {
    password,
    url,
    createDatabase: (name) => void psql('postgres', `create database ${name}`),
    start,
    stop,
    async remove() {
      await stop()
      rmSync(directory, { recursive: true })
    },
  }
}

function newestVersion(): string {
  const version = readdirSync('/usr/lib/postgresql').sort((left, right) => Number(right) - Number(left))[0]
  if (version === undefined) throw new Error('the package postgresql is not installed')
  return version
}

function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  return { uid: nobody('-u'), gid: nobody('-g') }
}

function nobody(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }))
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
