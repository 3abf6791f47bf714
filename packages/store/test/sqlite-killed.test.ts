import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import type { MetadataStore } from '@sluice/core'
import { expect, it } from 'vitest'
import { openStore } from '../src/index.ts'
import { clock, MASTER_KEY, random } from './support.ts'

const KILLS_PER_LANE = 8

interface Line {
  readonly intent?: string
  readonly done?: string
  readonly id?: string
}

/** What was acknowledged of each connection last: its version, 0 once deleted. `underWay` was asked for and not acknowledged. */
interface Acknowledged {
  readonly versions: Map<string, number>
  underWay: string | undefined
}

const VERSION_AFTER: { readonly [change: string]: number } = { create: 1, update: 2, delete: 0 }

/** Runs the writer and kills it at the given line of its output: while opening, or in the middle of some change. */
async function writeUntilKilled(url: string, lines: number, acknowledged: Acknowledged): Promise<void> {
  const writer = join(import.meta.dirname, 'writer.ts')
  const key = Buffer.from(MASTER_KEY).toString('hex')
  const child = spawn(process.execPath, ['--conditions=sluice-source', writer, url, key], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Half of the time of a start is compiling; the writer saves what it compiled before anybody kills it in the middle of a change.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(url.slice('sqlite:'.length)), 'compiled') },
  })
  let seen = 0
  for await (const text of createInterface({ input: child.stdout })) {
    if (++seen === lines) child.kill('SIGKILL')
    const { intent, done, id }: Line = JSON.parse(text)
    if (intent !== undefined) acknowledged.underWay = id
    if (done !== undefined) acknowledged.underWay = undefined
    if (done !== undefined && id !== undefined) acknowledged.versions.set(id, VERSION_AFTER[done] ?? Number.NaN)
  }
  expect(seen).toBeGreaterThanOrEqual(lines)
}

async function verify(store: MetadataStore, { versions, underWay }: Acknowledged): Promise<void> {
  const stored = new Map((await store.connections.list('alpha', {})).map((connection) => [connection.id, connection]))
  for (const [id, version] of versions) if (id !== underWay) expect(stored.get(id)?.version ?? 0).toBe(version)
  if (underWay !== undefined) {
    const before = versions.get(underWay) ?? 0
    const after = stored.get(underWay)?.version ?? 0
    expect([before, before === 2 ? 0 : before + 1]).toContain(after)
    // Whichever it was, from here on it has to stay so.
    versions.set(underWay, after)
  }
  // All or nothing: each connection has just the secret it names, and each change its event.
  for (const { id, auth, version } of stored.values()) {
    if (auth.secretId === undefined) throw new Error('the writer makes connections with keys')
    expect(await store.secrets.get(auth.secretId, id)).toEqual({ key: id })
    expect(await store.secrets.get(version === 1 ? `second-${id}` : `first-${id}`, id)).toBeUndefined()
  }
  const created = await store.audit.list('alpha', { limit: 100_000, action: 'create' })
  const deleted = await store.audit.list('alpha', { limit: 100_000, action: 'delete' })
  expect(created.length - deleted.length).toBe(stored.size)
}

function integrity(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    return database.prepare('pragma integrity_check').all()
  } finally {
    database.close()
  }
}

async function lane(): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-killed-'))
  const path = join(directory, 'metadata.db')
  const acknowledged: Acknowledged = { versions: new Map(), underWay: undefined }
  try {
    for (let kill = 0; kill < KILLS_PER_LANE; kill++) {
      await writeUntilKilled(`sqlite:${path}`, randomInt(1, 60), acknowledged)
      const store = await openStore({ url: `sqlite:${path}`, masterKey: MASTER_KEY, clock, random })
      await verify(store, acknowledged)
      await store.close()
      expect(integrity(path)).toEqual([{ integrity_check: 'ok' }])
    }
    return acknowledged.versions.size
  } finally {
    await rm(directory, { recursive: true })
  }
}

it('loses no acknowledged change and opens again, killed 16 times at any moment', { timeout: 120_000 }, async () => {
  const changed = await Promise.all([lane(), lane()])
  expect(Math.min(...changed)).toBeGreaterThan(20)
})
