import { ACCESSES, FILE_FORMATS } from '@sluice/core'
import type { Verb } from '../verb.ts'
import { CONNECTION_VERBS, setupOptions } from './connection.ts'
import { ISSUER_VERBS } from './issuer.ts'
import { DIAGNOSE_VERBS } from './diagnose.ts'
import { POLICY_VERBS } from './policy.ts'

const STAGE = { name: 'NAME', about: 'Name of the stage' }

/** Every command of `sluice`, in the order the help shows them. */
export const VERBS: readonly Verb[] = [
  {
    noun: 'server',
    verb: 'start',
    summary: 'Start a server in the foreground',
    options: [
      { flags: '--port <n>', about: 'Port to listen on; 0 for any free one' },
      { flags: '--host <address>', about: 'Address to listen on' },
      { flags: '--data-dir <dir>', about: 'Folder of the metadata, keys and cache' },
    ],
    offline: true,
    load: async () => (await import('../commands/server.ts')).startServerCommand,
  },
  {
    noun: 'server',
    verb: 'doctor',
    summary: 'Look at the configuration of a server and what it needs',
    options: [{ flags: '--data-dir <dir>', about: 'Folder of the metadata, keys and cache' }],
    offline: true,
    load: async () => (await import('../commands/server.ts')).doctorCommand,
  },
  {
    noun: 'platform',
    verb: 'show',
    summary: 'Show who Sluice is to each cloud',
    load: async () => (await import('../commands/platform.ts')).showPlatform,
  },
  ...ISSUER_VERBS,
  {
    noun: 'cloud',
    verb: 'list',
    summary: 'List the clouds and their methods: what each may do, whether a secret is stored, which setups there are',
    load: async () => (await import('../commands/cloud.ts')).listClouds,
  },
  {
    noun: 'cloud',
    verb: 'show',
    summary: 'Show a cloud: its URLs, what its stores can do, and the fields of each method',
    arguments: [{ name: 'CLOUD', about: 'Id of the cloud, for example aws' }],
    load: async () => (await import('../commands/cloud.ts')).showCloud,
  },
  ...CONNECTION_VERBS,
  {
    noun: 'setup',
    verb: 'publish',
    summary: 'Upload the setup template and print the quick-create link',
    arguments: [{ name: 'NAME', about: 'Name of the connection' }],
    options: setupOptions,
    load: async () => (await import('../commands/setup.ts')).publishSetup,
  },
  {
    noun: 'lease',
    verb: 'create',
    summary: 'Hand out a short-lived credential',
    arguments: [{ name: 'CONNECTION', about: 'Name of the connection' }],
    options: [
      { flags: '--access <access>', about: 'What it may do; list and read unless told', repeat: true, choices: ACCESSES },
      { flags: '--location <url>', about: "URL within the connection's locations" },
      { flags: '--minimum-seconds <n>', about: 'How long it must still live when handed out' },
      { flags: '--format <format>', about: 'How to print it', choices: ['env', 'credential_process', 'json'] },
    ],
    examples: ['eval "$(sluice lease create acme --format env)"'],
    load: async () => (await import('../commands/lease.ts')).createLease,
  },
  {
    noun: 'stage',
    verb: 'create',
    summary: 'Create a stage',
    arguments: [STAGE],
    options: [
      { flags: '--connection <name>', about: 'The connection it uses' },
      { flags: '--url <url>', about: 'Its location' },
      { flags: '--format <type>', about: 'Type of its files', choices: FILE_FORMATS },
      { flags: '--skip-header <n>', about: 'Header lines to skip (csv, tsv)' },
      { flags: '--field-delimiter <text>', about: 'What stands between fields (csv, tsv)' },
      { flags: '--comment <text>', about: 'What it is for' },
      { flags: '--replace', about: 'Replace a stage of this name' },
      { flags: '--if-not-exists', about: 'Leave a stage of this name as it is' },
    ],
    load: async () => (await import('../commands/stage.ts')).createStage,
  },
  { noun: 'stage', verb: 'list', summary: 'List stages', load: async () => (await import('../commands/stage.ts')).listStages },
  {
    noun: 'stage',
    verb: 'show',
    summary: 'Show a stage',
    arguments: [STAGE],
    load: async () => (await import('../commands/stage.ts')).showStage,
  },
  {
    noun: 'stage',
    verb: 'files',
    summary: 'List the files of a stage',
    arguments: [STAGE, { name: '[PATH]', about: 'Path below it' }],
    options: [{ flags: '--limit <n>', about: 'How many to list; 1000 unless told' }],
    load: async () => (await import('../commands/stage.ts')).listStageFiles,
  },
  {
    noun: 'stage',
    verb: 'delete',
    summary: 'Delete a stage; its files stay',
    arguments: [STAGE],
    options: [{ flags: '--if-exists', about: 'Do nothing when there is none' }],
    load: async () => (await import('../commands/stage.ts')).deleteStage,
  },
  {
    noun: 'sql',
    summary: 'Run SQL: a statement, a file, or standard input',
    arguments: [{ name: '[STATEMENT]', about: 'The SQL; `-` reads standard input' }],
    options: [
      { flags: '-f, --file <path>', about: 'Read the SQL from a file' },
      { flags: '--max-rows <n>', about: 'Rows of one result at most' },
      { flags: '--history', about: 'Show the statements run before instead' },
    ],
    examples: ['sluice sql "SELECT * FROM @acme/flights.parquet LIMIT 1"', 'sluice sql -f setup.sql', 'echo "SHOW STAGES" | sluice sql -'],
    load: async () => (await import('../commands/sql.ts')).runSql,
  },
  {
    noun: 'audit',
    verb: 'list',
    summary: 'List who did what, newest first',
    options: [
      { flags: '--limit <n>', about: 'How many; 100 unless told' },
      { flags: '--action <action>', about: 'Only this action, for example lease.mint' },
    ],
    load: async () => (await import('../commands/audit.ts')).listAudit,
  },
  ...POLICY_VERBS,
  ...DIAGNOSE_VERBS,
  {
    noun: 'lab',
    verb: 'start',
    summary: 'Start the lab: clouds on loopback that verify instead of agreeing',
    options: [
      { flags: '--port <n>', about: 'Port to listen on; any free one unless told' },
      {
        flags: '--seed <path>',
        about: 'JSON file with the accounts, roles and buckets to begin with; the accounts of docs/lab.md unless told',
      },
      {
        flags: '--issuer <url=address>',
        about: 'Where on this machine an OpenID Connect issuer answers, whose tokens the clouds are given',
        repeat: true,
      },
    ],
    offline: true,
    load: async () => (await import('../commands/lab.ts')).startLabCommand,
  },
  {
    noun: 'lab',
    verb: 'apply',
    summary: 'Apply a template in the lab, as the admin of an account or a resource group',
    arguments: [{ name: 'TEMPLATE', about: 'The file, or - for standard input' }],
    options: [
      { flags: '--lab <url>', about: 'Address of the lab' },
      {
        flags: '--account <account>',
        about: 'The account of AWS that a CloudFormation template is for, or of Alibaba Cloud for a ROS template',
      },
      { flags: '--resource-group <name>', about: 'The resource group of Azure that an ARM template is for' },
      { flags: '--parameter <name=value>', about: 'A parameter of an ARM or ROS template', repeat: true },
    ],
    offline: true,
    examples: [
      'sluice lab apply acme-setup/cloudformation.json \\\n  --account 987654321987 --lab http://127.0.0.1:7790',
      'sluice lab apply acme-setup/template.json --parameter storageAccountName=lakedata \\\n  --resource-group lake --lab http://127.0.0.1:7790',
      'sluice lab apply acme-setup/ros.json \\\n  --account 9876543210987654 --lab http://127.0.0.1:7790',
    ],
    load: async () => (await import('../commands/lab-apply.ts')).applyTemplate,
  },
  {
    noun: 'demo',
    summary: 'Connect, prove and query a bucket of the lab, step by step',
    options: [{ flags: '--exit', about: 'End instead of staying in the foreground' }],
    offline: true,
    load: async () => (await import('../demo/index.ts')).runDemo,
  },
  {
    noun: 'openapi',
    verb: 'print',
    summary: 'Print the OpenAPI document',
    offline: true,
    load: async () => (await import('../commands/openapi.ts')).printOpenApi,
  },
  {
    noun: 'completion',
    summary: 'Print the completion script of a shell',
    arguments: [{ name: 'SHELL', about: 'bash, zsh or fish' }],
    offline: true,
    examples: [
      'source <(sluice completion bash)',
      'source <(sluice completion zsh)',
      'sluice completion fish > ~/.config/fish/completions/sluice.fish',
    ],
    load: async () => (await import('../commands/completion.ts')).printCompletion,
  },
]
