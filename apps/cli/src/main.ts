#!/usr/bin/env -S node --conditions=sluice-source --max-semi-space-size=4
// A small young generation keeps an idle server a seventh smaller; bodies of objects are not kept on the heap.
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Before anything else is loaded. In the user's own folder: code that others could have written must not be taken from a shared one.
enableCompileCache(join(homedir(), '.cache', 'sluice', 'node'))
const { createTerminal } = await import('./process-terminal.ts')
const { run } = await import('./program.ts')

const { terminal, finish } = createTerminal(process)
finish(await run(process.argv.slice(2), terminal))
