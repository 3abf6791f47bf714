import { LANGUAGES, PURPOSES } from '@sluice/core'
import type { Verb, VerbOption } from '../verb.ts'

const NAME = { name: 'NAME', about: 'Name of the connection' }

const SETTINGS = 'Settings of the cloud:'

const described: readonly VerbOption[] = [
  { flags: '--location <url>', about: 'A place it may touch, as s3://bucket/prefix/ or as copied from a browser', repeat: true },
  { flags: '--purpose <purpose>', about: 'What it is used for', repeat: true, choices: PURPOSES },
  { flags: '--description <text>', about: 'What it is for' },
  { flags: '--label <key=value>', about: 'A label', repeat: true },
]

const secretEnds: VerbOption = {
  flags: '--secret-expires-at <time>',
  about: 'When the secret ends, where it does not say so itself: ISO time, or a date',
}

const settings: readonly VerbOption[] = [
  { flags: '--region <region>', about: 'Pin the region instead of discovering it' },
  { flags: '--same-region <how>', about: "Whether the bucket must be in one of the platform's regions", choices: ['required', 'advisory'] },
  { flags: '--expected-bucket-owner <account>', about: 'Account that must own the bucket' },
  { flags: '--requester-pays', about: 'Say that we pay for requests' },
  { flags: '--encryption <algorithm>', about: 'Encryption to ask for when writing', choices: ['AES256', 'aws:kms', 'aws:kms:dsse'] },
  { flags: '--encryption-key <arn>', about: 'KMS key to encrypt with when writing' },
  { flags: '--kms-read-key <arn>', about: 'KMS key that objects to read are encrypted with', repeat: true },
  { flags: '--kms-write-key <arn>', about: 'KMS key that objects to write are encrypted with', repeat: true },
  { flags: '--storage-class <class>', about: 'Storage class to write with' },
  { flags: '--acl <acl>', about: 'Canned ACL to write with' },
  { flags: '--endpoint <url>', about: 'Endpoint of an S3-compatible store' },
  { flags: '--preset <store>', about: 'Which store it is, as `sluice cloud show s3` lists them: r2, minio, ceph …' },
  { flags: '--addressing <style>', about: 'How the bucket is addressed there', choices: ['virtual-host', 'path'] },
].map((option) => ({ ...option, group: SETTINGS }))

const AWS: readonly VerbOption[] = [
  { flags: '--role-name <name>', about: 'Name of the role to create' },
  { flags: '--role-path <path>', about: 'Path of the role' },
  { flags: '--policy-name <name>', about: 'Name of the policy' },
  { flags: '--user-name <name>', about: 'Name of the user that holds the access key, for the method keys' },
  { flags: '--account-id <account>', about: 'The account, where the connection does not name it yet' },
  { flags: '--permissions-boundary <arn>', about: 'Permissions boundary of the role' },
  { flags: '--create-bucket <region>', about: 'Create the bucket too, in this region' },
  { flags: '--bucket-kms-key <arn>', about: "KMS key of the bucket's default encryption, with --create-bucket" },
  { flags: '--bucket-account <account>', about: "The bucket's account, when it is not the role's" },
].map((option) => ({ ...option, group: 'AWS, Alibaba Cloud and S3-compatible stores, as far as they have it:' }))

const GOOGLE: readonly VerbOption[] = [
  { flags: '--project-id <project>', about: 'Google project that holds the pool, the custom role and the service account' },
  { flags: '--pool-id <id>', about: 'Id of the workload identity pool' },
  { flags: '--provider-id <id>', about: 'Id of its provider' },
  { flags: '--service-account-id <id>', about: 'The part before the @ of the service account to make' },
  { flags: '--custom-role-id <id>', about: 'Id of the custom role (Google), or name of the role to assign (Azure)' },
].map((option) => ({ ...option, group: 'Google Cloud:' }))

const AZURE: readonly VerbOption[] = [
  { flags: '--subscription-id <id>', about: 'Azure subscription of the storage account' },
  { flags: '--resource-group <name>', about: 'Its resource group' },
  { flags: '--application-name <name>', about: 'Display name of the application to register' },
].map((option) => ({ ...option, group: 'Azure:' }))

/** What the cloud admin may choose about what the setup creates; a cloud refuses what means nothing to it. */
export const setupOptions: readonly VerbOption[] = [
  { flags: '--tag <key=value>', about: 'Tag of what is created', repeat: true },
  { flags: '--expires-at <time>', about: 'When a key or SAS that the setup makes shall end: ISO time, or a date' },
  ...AWS,
  ...GOOGLE,
  ...AZURE,
]

/** The verbs of connections. */
export const CONNECTION_VERBS: readonly Verb[] = [
  {
    noun: 'connection',
    verb: 'create',
    summary: 'Create a connection; its external id is issued at once',
    arguments: [NAME],
    options: [
      ...described,
      { flags: '--cloud <cloud>', about: 'The cloud; taken from the locations when absent' },
      { flags: '--method <method>', about: 'How it authenticates; taken from the fields given when absent' },
      {
        flags: '--credential-in-url <what>',
        about:
          'What becomes of a credential in a --location: refused unless told to store it; `--location -` reads the URL from standard input',
        choices: ['refuse', 'store'],
      },
      { flags: '--single-file <extent>', about: 'For a URL of one object: the object alone, or its folder', choices: ['object', 'folder'] },
      { flags: '--replace', about: 'Replace a connection of this name; it keeps its external id' },
      secretEnds,
      ...settings,
    ],
    openFlags:
      'The fields of the method are flags too, as `sluice cloud show` explains them: --account-id or --role-arn for a role in AWS, --access-key-id for keys. `-` reads a value from standard input, `@FILE` from a file. Secrets come from these, from the environment or from a prompt, never from the command line.',
    examples: [
      'sluice connection create acme --account-id 987654321987 \\\n  --location s3://test-bucket-123/data/ --purpose import',
      'sluice connection create lake --location s3://test-bucket-123/ --purpose import \\\n  --purpose export --role-arn arn:aws:iam::987654321987:role/lake-test',
      'sluice connection create legacy --method keys \\\n  --access-key-id AKIAIOSFODNN7EXAMPLE --secret-access-key - \\\n  --location s3://test-bucket-123/ --purpose import < secret.txt',
      'sluice connection create lake_gcp --location gs://test-bucket-123/data/ --purpose import \\\n  --method service-account-key --key @key.json',
      'sluice connection create public --method none \\\n  --location s3://test-bucket-123/ --purpose import',
    ],
    load: async () => (await import('../commands/connection-save.ts')).createConnection,
  },
  {
    noun: 'connection',
    verb: 'list',
    summary: 'List connections',
    load: async () => (await import('../commands/connection.ts')).listConnections,
  },
  {
    noun: 'connection',
    verb: 'show',
    summary: 'Show a connection with its external id',
    arguments: [NAME],
    load: async () => (await import('../commands/connection.ts')).showConnection,
  },
  {
    noun: 'connection',
    verb: 'setup',
    summary: 'What the cloud admin applies: policies, templates, commands, steps',
    arguments: [NAME],
    options: [
      { flags: '--artifact <id>', about: 'Print this artifact alone, ready for a file or a pipe' },
      { flags: '--output <dir>', about: 'Write every artifact into this folder, with a README for the cloud admin' },
      ...setupOptions,
    ],
    examples: [
      'sluice connection setup acme',
      'sluice connection setup acme --output acme-setup',
      'sluice connection setup acme --artifact trust-policy > trust-policy.json',
    ],
    load: async () => (await import('../commands/setup.ts')).showSetup,
  },
  {
    noun: 'connection',
    verb: 'validate',
    summary: 'Test every claim about a connection; exits 1 when a required one does not hold',
    arguments: [NAME],
    options: [{ flags: '--wait <seconds>', about: 'Keep trying until everything holds or this long has passed' }],
    examples: ['sluice connection validate acme', 'sluice connection validate acme --wait 300'],
    load: async () => (await import('../commands/validate.ts')).validateConnection,
  },
  {
    noun: 'connection',
    verb: 'history',
    summary: 'List earlier validations, those that Sluice made by itself among them',
    arguments: [NAME],
    options: [{ flags: '--limit <n>', about: 'At most so many, newest first' }],
    load: async () => (await import('../commands/connection-history.ts')).showHistory,
  },
  {
    noun: 'connection',
    verb: 'diagnose',
    summary: 'Find out why a connection is refused, with proof and what to change; changes nothing unless told',
    arguments: [NAME],
    options: [
      { flags: '--write', about: 'Also write one small object of ours, and delete it again' },
      {
        flags: '--evidence <file>',
        about:
          'What the customer read with their own eyes: what the script of `sluice diagnose script` wrote, or a case document in JSON; `-` reads standard input',
      },
      {
        flags: '--with-profile [profile]',
        about:
          'Read with the customer’s own eyes on this machine: by the cloud’s own command line client, with this profile (a configuration of gcloud, a subscription of az), or without one as it is signed in',
      },
      { flags: '--with-role <role>', about: 'Read as this role of the customer’s, or as this service account, which may only read' },
      { flags: '--language <language>', about: 'Language of the report', choices: LANGUAGES },
    ],
    examples: [
      'sluice connection diagnose acme',
      'sluice connection diagnose acme --evidence sluice-evidence-aws-20261128T060000Z-4711.txt',
      'sluice connection diagnose acme --with-profile audit',
    ],
    load: async () => (await import('../commands/diagnose.ts')).diagnoseConnection,
  },
  {
    noun: 'connection',
    verb: 'update',
    summary: 'Change a connection; its external id never changes',
    arguments: [NAME],
    options: [{ flags: '--name <name>', about: 'Rename it' }, ...described, secretEnds, ...settings],
    openFlags: 'The fields of its method are flags too, as `sluice cloud show` explains them.',
    examples: [
      "sluice connection update acme --description 'Flight data of Acme' --same-region required",
      'sluice connection update legacy --secret-access-key - < new-secret.txt',
    ],
    load: async () => (await import('../commands/connection-save.ts')).updateConnection,
  },
  {
    noun: 'connection',
    verb: 'rotate',
    summary: 'Give a connection a new secret; it takes over only when everything holds with it',
    arguments: [NAME],
    options: [
      { flags: '--wait <seconds>', about: 'Keep trying until everything holds or this long has passed' },
      secretEnds,
      { flags: '--abandon', about: 'Drop the new secret that waits, and stay with the present one' },
    ],
    openFlags:
      'The fields of its method are flags too, as `sluice cloud show` explains them; open ones that are left out stay as they are. Without any, a new secret that waits since an earlier try is tried again.',
    examples: [
      'sluice connection rotate legacy --access-key-id AKIAI44QH8DHBEXAMPLE --secret-access-key - < new-secret.txt',
      'sluice connection rotate lake_azure --sas-token @sas.txt',
    ],
    load: async () => (await import('../commands/rotate.ts')).rotateConnection,
  },
  {
    noun: 'connection',
    verb: 'disable',
    summary: 'Disable a connection and end its leases',
    arguments: [NAME],
    load: async () => (await import('../commands/connection.ts')).disableConnection,
  },
  {
    noun: 'connection',
    verb: 'enable',
    summary: 'Enable a disabled connection',
    arguments: [NAME],
    load: async () => (await import('../commands/connection.ts')).enableConnection,
  },
  {
    noun: 'connection',
    verb: 'delete',
    summary: 'Delete a connection; shows what that breaks and asks first',
    arguments: [NAME],
    options: [{ flags: '--yes', about: 'Do not ask' }],
    load: async () => (await import('../commands/connection.ts')).deleteConnection,
  },
]
