import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandLine } from './terminal.ts'

describe('issuer', () => {
  it('is shown with its keys', async () => {
    const { sluice } = commandLine()
    const { exit, out } = await sluice(['issuer', 'show'])
    expect(exit).toBe(0)
    expect(out).toContain('issuer         https://sluice.example.com/issuer')
    expect(out).toMatch(/key-1 +signing +2026-01-01/)
    expect(JSON.parse((await sluice(['issuer', 'show', '--json'])).out)).toMatchObject({ keys: [{ id: 'key-1' }] })
  })

  it('prints its keys alone, for a pipe or a file', async () => {
    const { sluice } = commandLine()
    const printed = await sluice(['issuer', 'jwks'])
    expect(JSON.parse(printed.out)).toMatchObject({ keys: [{ kid: 'key-1', kty: 'RSA', use: 'sig' }] })
    expect(printed.err).toBe('')
    expect((await sluice(['issuer', 'jwks', '--json'])).out.split('\n')).toHaveLength(2)
    const folder = await mkdtemp(join(tmpdir(), 'sluice-jwks-'))
    const path = join(folder, 'jwks.json')
    expect(await sluice(['issuer', 'jwks', '--output', path])).toMatchObject({
      exit: 0,
      out: '',
      err: expect.stringContaining('Wrote 1 key'),
    })
    expect(await readFile(path, 'utf8')).toBe(printed.out)
    await rm(folder, { recursive: true })
  })

  it('rotates and says by when uploaded keys are to be replaced', async () => {
    const { sluice } = commandLine()
    const { exit, out, err } = await sluice(['issuer', 'rotate'])
    expect(exit).toBe(0)
    expect(out).toMatch(/key-2 +next/)
    expect(err).toContain('signs from 2026-01-09')
  })

  it('withdraws only when that was meant', async () => {
    const { sluice, prompts } = commandLine()
    expect(await sluice(['issuer', 'rotate', '--withdraw'])).toMatchObject({ exit: 2, err: expect.stringContaining('--yes') })
    expect(await sluice(['issuer', 'rotate', '--withdraw'], { typed: ['no'] })).toMatchObject({ exit: 2 })
    expect(prompts).toHaveLength(1)
    expect((await sluice(['issuer', 'show'])).out).toContain('key-1')
    const { out, err } = await sluice(['issuer', 'rotate', '--withdraw'], { typed: ['withdraw'] })
    expect(out).not.toContain('key-1')
    expect(err).toContain('Every other key is withdrawn')
    expect(await sluice(['issuer', 'rotate', '--withdraw', '--yes', '--json'])).toMatchObject({ exit: 0 })
  })
})

it('stands in what the platform is', async () => {
  const { sluice } = commandLine()
  expect((await sluice(['platform', 'show'])).out).toMatch(/issuer +none/)
})
