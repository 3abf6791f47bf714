import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleStoreConnection } from '@sluice/conformance'
import { loadMasterKey, openStore } from '../src/index.ts'
import { clock, MASTER_KEY, random } from './support.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-files-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const open = (name = 'metadata.db', lockWaitMs = 0) =>
  openStore({ url: `sqlite:${join(directory, name)}`, masterKey: MASTER_KEY, clock, random, lockWaitMs })

const filesWith = (text: string) =>
  readdirSync(directory).filter(
    (name) => readFileSync(join(directory, name)).includes(text) || readFileSync(join(directory, name), 'utf16le').includes(text),
  )

const keyPath = () => join(directory, 'keys/master.key')

describe('one process', () => {
  it('refuses a second opener, under another name of the file too', async () => {
    const store = await open()
    symlinkSync(join(directory, 'metadata.db'), join(directory, 'alias.db'))
    await expect(open()).rejects.toMatchObject({ code: 'conflict', reason: 'store.locked' })
    await expect(open('alias.db')).rejects.toMatchObject({ reason: 'store.locked' })
    await store.close()
    await (await open('alias.db')).close()
  })

  it('refuses while another process has it open, and waits for one that ends', async () => {
    const writer = join(import.meta.dirname, 'writer.ts')
    const url = `sqlite:${join(directory, 'metadata.db')}`
    const key = Buffer.from(MASTER_KEY).toString('hex')
    const child = spawn(process.execPath, ['--conditions=sluice-source', writer, url, key], { stdio: ['pipe', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const opened = Promise.withResolvers<void>()
    createInterface({ input: child.stdout }).on('line', (line) => (line.includes('"done"') ? opened.resolve() : undefined))
    await opened.promise
    await expect(open()).rejects.toMatchObject({ reason: 'store.locked' })
    let waits = 0
    const store = await openStore({
      url,
      masterKey: MASTER_KEY,
      random,
      lockWaitMs: 60_000,
      clock: {
        now: () => Date.now(),
        async sleep() {
          waits++
          child.kill('SIGKILL')
          await exited
        },
      },
    })
    expect(waits).toBe(1)
    await store.close()
  })
})

describe('files', () => {
  it('are readable by their owner alone', async () => {
    const store = await open('deep/er/metadata.db')
    await store.organizations.ensure({ id: 'org', name: 'Org' })
    const names = readdirSync(join(directory, 'deep/er'))
    expect(names).toContain('metadata.db-wal')
    for (const name of names) expect(statSync(join(directory, 'deep/er', name)).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'deep')).mode & 0o777).toBe(0o700)
    await store.close()
  })

  it('a file that is no database is refused and left as it is', async () => {
    const garbage = 'not a database, much rather a letter. '.repeat(200)
    writeFileSync(join(directory, 'metadata.db'), garbage)
    await expect(open()).rejects.toMatchObject({ reason: 'store.corrupt' })
    expect(readFileSync(join(directory, 'metadata.db'), 'utf8')).toBe(garbage)
  })

  it('a damaged database says so', async () => {
    const store = await open()
    for (let n = 0; n < 50; n++) await store.connections.create(sampleStoreConnection({ id: `c${n}`, description: 'x'.repeat(900) }))
    await store.close()
    const path = join(directory, 'metadata.db')
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 4096)
    writeFileSync(path, bytes)
    await expect(open()).rejects.toMatchObject({ reason: 'store.corrupt' })
    truncateSync(path, 5_000)
    await expect(open()).rejects.toMatchObject({ reason: 'store.corrupt' })
  })

  it('a folder that cannot be made is named', async () => {
    writeFileSync(join(directory, 'file'), '')
    await expect(open('file/metadata.db')).rejects.toMatchObject({ reason: 'store.unavailable' })
  })
})

describe('secrets', () => {
  const CANARY = 'canary-5ecre7-d0-n07-find-me'
  const forms = [CANARY, Buffer.from(CANARY).toString('base64').slice(0, 36), Buffer.from(CANARY).toString('hex')]

  it('stand in no file, neither while it is open nor after', async () => {
    const store = await open()
    const auth = { method: 'keys', fields: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, secretId: 'secret_1' } as const
    const connection = sampleStoreConnection({ id: 'one', name: 'visible-name', auth })
    await store.connections.create(connection, { secret: { id: 'secret_1', value: { secretAccessKey: CANARY } } })
    await store.secrets.put({ id: 'secret_2', connectionId: 'one', value: { [CANARY]: CANARY } })
    await store.secrets.delete('secret_2')
    expect(filesWith('visible-name')).toContain('metadata.db-wal')
    for (const form of forms) expect(filesWith(form)).toEqual([])
    await store.close()
    expect(filesWith('visible-name')).toContain('metadata.db')
    for (const form of forms) expect(filesWith(form)).toEqual([])
  })
})

describe('the master key', () => {
  it('is made on first start, for its owner alone, and the same ever after', () => {
    const key = loadMasterKey({ env: {}, path: keyPath(), random })
    expect(key).toHaveLength(32)
    expect(loadMasterKey({ env: {}, path: keyPath(), random })).toEqual(key)
    expect(statSync(keyPath()).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(directory, 'keys'))).toEqual(['master.key'])
  })

  it('is refused when others can read it', () => {
    loadMasterKey({ env: {}, path: keyPath(), random })
    chmodSync(keyPath(), 0o640)
    expect(() => loadMasterKey({ env: {}, path: keyPath(), random })).toThrow(expect.objectContaining({ reason: 'store.bad_master_key' }))
  })

  it('is refused when its file is cut short, rather than replaced', () => {
    loadMasterKey({ env: {}, path: keyPath(), random })
    truncateSync(keyPath(), 20)
    expect(() => loadMasterKey({ env: {}, path: keyPath(), random })).toThrow(expect.objectContaining({ reason: 'store.bad_master_key' }))
  })
})
