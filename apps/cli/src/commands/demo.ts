import type { Command } from '../invocation.ts'

/** `sluice demo` */
export const demoCommand: Command = async (invocation) => {
  const { runDemo } = await import('@sluice/server/demo')
  return await runDemo({ exit: invocation.options.flag('exit'), json: invocation.json })
}
