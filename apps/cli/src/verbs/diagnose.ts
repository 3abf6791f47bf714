import { LANGUAGES } from '@sluice/core'
import type { Verb } from '../verb.ts'

/** Diagnosis of what is in a file or was pasted: it needs no server and touches no network. */
export const DIAGNOSE_VERBS: readonly Verb[] = [
  {
    noun: 'diagnose',
    summary: 'Explain an access denied from a case document or a pasted error message, offline',
    options: [
      { flags: '--case <file>', about: 'A case document in JSON; `-` reads standard input' },
      { flags: '--text [message]', about: 'An error message, as any SDK or tool printed it; alone or `-` reads standard input' },
      {
        flags: '--cloud <id>',
        about: 'The cloud of the message, where it does not show it',
        choices: ['aws', 'gcp', 'azure', 'aliyun', 's3'],
      },
      { flags: '--language <language>', about: 'Language of the report', choices: LANGUAGES },
    ],
    examples: [
      'sluice diagnose --case case.json',
      `sluice diagnose --text 'An error occurred (AccessDenied) when calling the GetObject operation: Access Denied'`,
      'pbpaste | sluice diagnose --text --json',
    ],
    offline: true,
    load: async () => (await import('../commands/diagnose.ts')).diagnoseOffline,
  },
]
