import type { Reason } from './reason.ts'

/** Reasons of the transport: the network and the egress policy. */
export const NETWORK_REASONS = {
  'network.timeout': {
    code: 'unavailable',
    meaning: 'The cloud did not answer in time.',
    remedy: 'Try again; if it lasts, check the network between Sluice and the endpoint.',
  },
  'network.reset': {
    code: 'unavailable',
    meaning: 'The connection to the cloud was cut.',
    remedy: 'Try again; if it lasts, check proxies and firewalls between Sluice and the endpoint.',
  },
  'network.dns': {
    code: 'unavailable',
    meaning: 'The host name of the cloud could not be resolved.',
    remedy: 'Check the endpoint and region for typing errors, and the DNS of the machine Sluice runs on.',
  },
  'network.truncated': {
    code: 'unavailable',
    meaning: 'The cloud ended an answer before its announced length.',
    remedy: 'Try again; if it lasts, look for a proxy that cuts long answers.',
  },
  'egress.refused': {
    code: 'forbidden',
    meaning: 'The egress policy does not let Sluice call this address.',
    remedy: 'Use a public address of the store; the operator of Sluice can allow a private one by configuration.',
  },
} as const satisfies { readonly [reason: string]: Reason }
