import { EVIDENCE_CLOUDS, LANGUAGES } from '@sluice/core'
import type { Verb } from '../verb.ts'

/** Diagnosis of what is in a file or was pasted: it needs no server and touches no network. */
export const DIAGNOSE_VERBS: readonly Verb[] = [
  {
    noun: 'diagnose',
    summary: 'Explain an access denied from a case document or a pasted error message, offline',
    options: [
      { flags: '--case <file>', about: 'A case document in JSON, or what the script wrote; `-` reads standard input' },
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
  {
    noun: 'diagnose',
    verb: 'script',
    summary: 'Print a script that a customer runs to show how access is set up: it only reads, and writes one file',
    arguments: [{ name: '[NAME]', about: 'The connection; without one, the options say what to read, and no server is asked' }],
    options: [
      { flags: '--location <url>', about: 'Where the data is' },
      { flags: '--role <arn>', about: 'The role of the customer that Sluice assumes' },
      { flags: '--principal <id>', about: 'Who asks: of a role, who assumes it; else the user, service account or identity itself' },
      { flags: '--key <name>', about: 'A key that encrypts the data, by its full name, where the bucket does not name it', repeat: true },
      { flags: '--region <region>', about: 'Where the bucket is' },
      { flags: '--cloud <id>', about: 'The cloud, where the options do not show it', choices: EVIDENCE_CLOUDS },
      { flags: '--language <language>', about: 'Language of the script', choices: LANGUAGES },
    ],
    examples: [
      'sluice diagnose script acme > read-access.sh',
      'sluice diagnose script --role arn:aws:iam::987654321987:role/acme --location s3://test-bucket-123/data/',
    ],
    load: async () => (await import('../commands/diagnose-script.ts')).printEvidenceScript,
  },
]
