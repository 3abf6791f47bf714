import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Terminal } from '../terminal.ts'
import { patient } from './patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function screen(isTty = true) {
  const written: string[] = []
  const output = { write: (text: string) => void written.push(text), isTty, columns: isTty ? 80 : undefined, rows: isTty ? 24 : undefined }
  const stdin = { isTty, read: async () => '', readLine: async () => 'typed', readSecret: async () => '' }
  const terminal: Terminal = { stdout: output, stderr: output, stdin, environment: {}, signal: new AbortController().signal }
  return { written, ...patient(terminal) }
}

it('says that a silent command works, and takes it back before anything else is written', () => {
  const { written, terminal } = screen()
  vi.advanceTimersByTime(2_500)
  terminal.stdout.write('done\n')
  vi.advanceTimersByTime(5_000)
  expect(written).toEqual(['\r\u001b[Kworking, 1 s', '\r\u001b[Kworking, 2 s', '\r\u001b[K', 'done\n'])
})

it('says nothing of a quick command, beside a question, and where no one looks', async () => {
  const quick = screen()
  quick.terminal.stdout.write('done\n')
  vi.advanceTimersByTime(5_000)
  expect(quick.written).toEqual(['done\n'])
  const asking = screen()
  expect(await asking.terminal.stdin.readLine('name')).toBe('typed')
  const piped = screen(false)
  const ended = screen()
  ended.end()
  vi.advanceTimersByTime(5_000)
  expect([asking.written, piped.written, ended.written]).toEqual([[], [], []])
})
