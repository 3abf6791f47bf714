import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readContextFile, writeContextFile } from '../src/context-file.ts'

const CONTEXT = { server: 'http://127.0.0.1:7780', token: 'sluice_aaaa' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-context-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the context file', () => {
  it('is its owner’s alone, and nothing stays beside it', () => {
    const path = join(folder, 'context.json')
    writeContextFile(path, { ...CONTEXT, token: 'former' })
    writeContextFile(path, CONTEXT)
    expect(readContextFile(path)).toEqual(CONTEXT)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['context.json'])
  })

  it('is not written through what somebody laid in its way', () => {
    const path = join(folder, 'context.json')
    const elsewhere = join(folder, 'elsewhere')
    symlinkSync(elsewhere, `${path}.${process.pid}`)
    writeContextFile(path, CONTEXT)
    expect(existsSync(elsewhere)).toBe(false)
    expect(readContextFile(path)).toEqual(CONTEXT)
  })

  it('does not take over the permissions of what a crash left', () => {
    const path = join(folder, 'context.json')
    for (const left of [path, `${path}.${process.pid}`]) {
      writeFileSync(left, 'left')
      chmodSync(left, 0o644)
    }
    writeContextFile(path, CONTEXT)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain(CONTEXT.token)
  })
})
