import type { Reason } from './reason.ts'

/** Reasons of the transport and of object stores of any cloud: the network, the egress policy, objects and buckets. */
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
  'network.tls': {
    code: 'unavailable',
    meaning: 'The TLS certificate of the endpoint does not prove that it is the host asked for.',
    remedy:
      'Check the endpoint for typing errors; where a proxy replaces certificates, the operator adds its authority to NODE_EXTRA_CA_CERTS.',
    retry: 'never',
  },
  'network.protocol': {
    code: 'unavailable',
    meaning: 'The endpoint answered with something that is not what the protocol says.',
    remedy: 'Check that the endpoint is that of the store and that no proxy answers in its place.',
    retry: 'never',
  },
  'cloud.unavailable': {
    code: 'unavailable',
    meaning: 'The store cannot answer at the moment.',
    remedy: 'Try again later; if it lasts, ask whoever runs the store.',
    retry: 'later',
  },
  'cloud.rejected': {
    code: 'invalid',
    meaning: 'The store does not take the request, for a reason that is none of the usual.',
    remedy: 'Look at what the store said; its admin may know more.',
  },
  'bucket.missing': {
    code: 'not_found',
    meaning: 'There is no bucket of this name.',
    remedy: 'Check the bucket name for typing errors; the owner of the data creates it.',
  },
  'object.missing': {
    code: 'not_found',
    meaning: 'There is no object of this key.',
    remedy: 'Check the key; list the folder to see what there is.',
  },
  'upload.missing': {
    code: 'not_found',
    meaning: 'There is no multipart upload of this id: it was completed, aborted or never begun.',
    remedy: 'Write the object again.',
  },
  'object.changed': {
    code: 'conflict',
    meaning: 'The object was replaced while it was being read.',
    remedy: 'Run it again: it then reads the new object.',
  },
  'object.exists': {
    code: 'conflict',
    meaning: 'There is an object of this key already.',
    remedy: 'Choose another key, or allow overwriting.',
  },
  'object.range': {
    code: 'invalid',
    meaning: 'The byte range lies outside the object.',
    remedy: 'Ask for bytes below the size of the object.',
  },
  'object.key': {
    code: 'invalid',
    meaning: 'The key is not one that Sluice reads or writes: it is empty, absolute, has a `.` or `..` segment or a control character.',
    remedy: 'Choose a plain key below the location.',
  },
  'object.outside': {
    code: 'forbidden',
    meaning: 'The key lies outside the location.',
    remedy: 'Ask for a key below the location, or widen the connection.',
  },
  'object.too_large': {
    code: 'limited',
    meaning: 'The object is larger than the limit for reading it whole.',
    remedy: 'Read a range of it, or raise the limit.',
  },
  'store.unsupported': {
    code: 'unsupported',
    meaning: 'This store cannot do it.',
    remedy: 'Do without it, or use a store that can.',
  },
  'location.invalid': {
    code: 'invalid',
    meaning: 'The URL does not name a bucket or something under it.',
    remedy: 'Write it like s3://bucket/folder/ or s3://bucket/folder/file.',
  },
  'location.credential': {
    code: 'invalid',
    meaning: 'The URL carries a credential or a signature.',
    remedy: 'Take it out and give credentials to the connection; replace the credential if the URL was shared.',
  },
  'location.wildcard': {
    code: 'invalid',
    meaning: 'The URL has a wildcard.',
    remedy: 'Name the folder and select files with PATTERN; write * as %2A, ? as %3F and [ as %5B where they are part of a key.',
  },
  'auth.unknown_method': {
    code: 'invalid',
    meaning: 'This cloud has no such authentication method.',
    remedy: 'Choose one of the methods listed for the cloud.',
  },
  'auth.unknown_field': {
    code: 'invalid',
    meaning: 'The authentication method has no such field.',
    remedy: 'Use only the fields listed for the method.',
  },
  'auth.missing_field': { code: 'invalid', meaning: 'The authentication method needs another field.', remedy: 'Give the field named.' },
  'auth.malformed_field': {
    code: 'invalid',
    meaning: 'A field of the authentication method has something in it that it cannot have.',
    remedy: 'Write the field named as its help says.',
  },
  'auth.secret_expired': {
    code: 'denied',
    meaning: 'The secret of the connection has come to its end.',
    remedy: 'Have a new secret made, and give it to the connection: sluice connection rotate NAME tries it before it takes it.',
  },
  'auth.secret_missing': {
    code: 'internal',
    meaning: 'The stored secret of the connection is not there.',
    remedy: 'Enter the keys again.',
  },
} as const satisfies { readonly [reason: string]: Reason }
