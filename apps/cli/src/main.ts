#!/usr/bin/env -S node --conditions=sluice-source
import { createTerminal } from './process-terminal.ts'
import { run } from './program.ts'

const { terminal, finish } = createTerminal(process)
finish(await run(process.argv.slice(2), terminal))
