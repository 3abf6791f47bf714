import type { Reason } from './reason.ts'

/** Reasons of the HTTP server and the command line. */
export const SERVER_REASONS = {
  'webhook.undelivered': {
    code: 'unavailable',
    meaning: 'The webhook did not take an announcement, after several tries.',
    remedy: 'Check SLUICE_WEBHOOK_URL and what listens there; the audit events have what was to be told.',
    retry: 'exhausted',
  },
  'demo.data_missing': {
    code: 'not_found',
    meaning: 'The data of the demo is not installed.',
    remedy: 'Run npm install in the root of the repository.',
  },
  'auth.missing_token': {
    code: 'unauthenticated',
    meaning: 'The request carries no API token.',
    remedy: 'Send Authorization: Bearer with a token of this server.',
  },
  'auth.unknown_token': {
    code: 'unauthenticated',
    meaning: 'The server does not know the API token.',
    remedy: 'Use the token in the context file of this server, or set SLUICE_TOKEN to one it issued.',
  },
  'request.invalid': {
    code: 'invalid',
    meaning: 'The request does not fit the API.',
    remedy: 'Change the fields named; GET /v1/openapi.json describes what each may be.',
  },
  'request.too_large': {
    code: 'invalid',
    meaning: 'The request body is larger than the server takes.',
    remedy: 'Send less at once; the operator can raise SLUICE_MAX_BODY_BYTES.',
  },
  'request.no_such_route': {
    code: 'not_found',
    meaning: 'There is nothing at this method and path.',
    remedy: 'Check the path; GET /v1/openapi.json lists all of them.',
  },
  'request.timeout': {
    code: 'unavailable',
    meaning: 'The request took longer than the server allows.',
    remedy: 'Try again; if it lasts, ask for less at once. The operator can raise SLUICE_REQUEST_SECONDS.',
  },
  'server.stopping': {
    code: 'unavailable',
    meaning: 'The server is stopping and takes no new work.',
    remedy: 'Try again when it has started again.',
  },
  'server.unreachable': {
    code: 'unavailable',
    meaning: 'No answer came from the server.',
    remedy: 'Check that it runs and that the address is right; `sluice server start` starts one.',
  },
  'server.unexpected_answer': {
    code: 'unavailable',
    meaning: 'What answered is not a Sluice server that this client understands.',
    remedy: 'Check the address, look for a proxy in between, and use a client of the version of the server.',
    retry: 'never',
  },
  'server.none': {
    code: 'unauthenticated',
    meaning: 'The command line knows no server.',
    remedy: 'Start one with `sluice server start`, or name one with --server or SLUICE_SERVER_URL.',
  },
  'server.port_taken': {
    code: 'conflict',
    meaning: 'Another process listens on the port.',
    remedy: 'Stop it, or choose another port with SLUICE_PORT or --port.',
  },
  'config.invalid': {
    code: 'invalid',
    meaning: 'A setting of the server is not well formed.',
    remedy: 'Change the environment variables named; docs/config.md describes each.',
  },
  'config.context_file': {
    code: 'invalid',
    meaning: 'The context file cannot be used.',
    remedy: 'Remove it and start the server again: it writes a new one.',
  },
  'platform.credentials_missing': {
    code: 'unavailable',
    meaning: 'Sluice has no credentials of its own for this cloud.',
    remedy:
      'Give the server credentials of its own for this cloud, by environment or by the role of the machine it runs on: docs/config.md names the variables.',
    retry: 'never',
  },
  'lab.bad_seed': {
    code: 'invalid',
    meaning: 'The seed of the lab is not well formed.',
    remedy: 'Change the seed at the place named; it is JSON with a list of accounts.',
  },
  'lab.unreachable': {
    code: 'unavailable',
    meaning: 'No lab answers at the address.',
    remedy: 'Check the address; `sluice lab start` prints it.',
  },
  'lab.template_refused': {
    code: 'invalid',
    meaning: 'The lab did not apply the template.',
    remedy: 'Change what the message names; the lab reads CloudFormation templates in JSON, as `sluice connection setup` writes them.',
  },
  'evidence.client_missing': {
    code: 'invalid',
    meaning: 'The command line client of the cloud is not on this machine.',
    remedy: 'Install it, or let the customer run the script of `sluice diagnose script` in the cloud shell of their console, which has it.',
  },
  'evidence.not_signed_in': {
    code: 'unauthenticated',
    meaning: 'The command line client of the cloud is not signed in on this machine, or its session is over.',
    remedy: 'Sign in with the client, and repeat the command.',
  },
  'cli.usage': {
    code: 'invalid',
    meaning: 'The command line is not well formed.',
    remedy: 'Run the command with --help.',
  },
} as const satisfies { readonly [reason: string]: Reason }
