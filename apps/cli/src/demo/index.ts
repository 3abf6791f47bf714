import { createClient } from '@sluice/api'
import type { DemoWorld } from '@sluice/server'
import { waitForEnd } from '../commands/wait.ts'
import type { Command } from '../invocation.ts'
import { createNarrator } from './narrator.ts'
import { tellStory } from './story.ts'

/**
 * `sluice demo`: the whole story on loopback, told on the terminal. Stays in the foreground afterwards, or ends with `--exit`;
 * `--json` puts one JSON object on the last line. Exits 0 only if all of it held.
 */
export const runDemo: Command = async (invocation) => {
  const { terminal, paint } = invocation
  const out = terminal.stdout
  const tell = createNarrator(out, paint)
  tell.say(`${paint('bold', 'Sluice')}: a platform reads a customer’s bucket without holding a key.`)
  const { startDemoWorld } = await import('@sluice/server')
  const world = await startDemoWorld()
  try {
    const client = createClient({ baseUrl: world.server.url, token: world.server.token })
    tell.facts([
      ['lab cloud', `${world.lab.url}/_lab`],
      ['server', `${world.server.url}, its state in a temporary folder`],
    ])
    const { result, held } = await tellStory({ ...world, client }, tell, out, paint, terminal.signal)
    out.write(
      `\n${held ? paint('green', '✓ All of it held.') : paint('red', '✗ Not all of it held.')} ${(result.ms / 1000).toFixed(1)} s\n`,
    )
    if (!invocation.options.flag('exit')) {
      out.write(nextCommands(world, paint('bold', 'Try it yourself')))
      await waitForEnd(terminal.signal)
      out.write('\nEnding the demo and removing its state.\n')
    }
    if (invocation.json) out.write(`${JSON.stringify(result)}\n`)
    return held ? 0 : 1
  } finally {
    await world.close()
  }
}

function nextCommands({ lab, server, dataDir }: DemoWorld, title: string): string {
  return `
${title}, in this folder, in another terminal:

  export SLUICE_DATA_DIR=${dataDir}
  npx sluice connection list
  npx sluice connection show acme
  npx sluice connection setup acme --artifact cloudformation
  npx sluice connection validate acme
  npx sluice stage files flights
  npx sluice sql "SELECT destination, count(*) FROM @flights/flights-3m.parquet
    GROUP BY 1 ORDER BY 2 DESC LIMIT 5"
  npx sluice lease create acme --access read --format env
  npx sluice audit list

Look into the lab cloud and make things go wrong there: ${lab.url}/_lab
The server's own page: ${server.url}
Ctrl+C ends the demo and removes its state.
`
}
