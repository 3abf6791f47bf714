import { run } from '../../apps/cli/src/program.ts'

/** `sluice` in this process, in front of a server that runs; the second argument is its standard input. */
export function commandLineOf({ url, token }: { readonly url: string; readonly token: string }) {
  return async (words: readonly string[], input = '') => {
    let out = ''
    let err = ''
    const stream = (write: (text: string) => void) => ({ write, isTty: false, columns: undefined, rows: undefined })
    const never = async () => ''
    const exit = await run(words, {
      stdout: stream((text) => (out += text)),
      stderr: stream((text) => (err += text)),
      stdin: { isTty: false, read: async () => input, readLine: never, readSecret: never },
      environment: { SLUICE_SERVER_URL: url, SLUICE_TOKEN: token, NO_COLOR: '1', HOME: '/nowhere' },
      signal: new AbortController().signal,
    })
    return { exit, out, err }
  }
}
