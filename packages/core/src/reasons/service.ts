import type { Reason } from './reason.ts'

/** Reasons of the use cases: connections, leases, stages, validation, requests. */
export const SERVICE_REASONS = {
  'internal.defect': { code: 'internal', meaning: 'A defect of Sluice.', remedy: 'Report it with the request id.' },
  'request.cancelled': { code: 'unavailable', meaning: 'The caller cancelled the request.', remedy: 'Nothing to do.', retry: 'never' },
  'name.invalid': {
    code: 'invalid',
    meaning: 'This cannot be a name.',
    remedy: 'Start with a letter or underscore and go on with letters, digits, underscores and dashes; 63 characters at most.',
  },
  'connection.unknown_cloud': {
    code: 'invalid',
    meaning: 'Sluice has no driver for this cloud.',
    remedy: 'List the clouds and choose one.',
  },
  'connection.bad_text': {
    code: 'invalid',
    meaning: 'A description or label is too long or holds control characters.',
    remedy: 'Shorten it to plain text.',
  },
  'connection.bad_location': {
    code: 'invalid',
    meaning: 'The locations of the connection are too many or too long.',
    remedy: 'Name fewer locations, or the folder above them.',
  },
  'connection.bad_purpose': {
    code: 'invalid',
    meaning: 'The purposes are unknown or not possible with this method.',
    remedy: 'Choose among import, export, backup, logs and purge; public access allows import only.',
  },
  'connection.bad_setting': {
    code: 'invalid',
    meaning: 'A setting is malformed or contradicts another.',
    remedy: 'Change the setting named, or leave it out for the default of the store.',
  },
  'connection.endpoint_refused': {
    code: 'invalid',
    meaning: 'This cloud has endpoints of its own, which a connection cannot replace.',
    remedy: 'Leave the endpoint out; or use the cloud s3, with keys, for an S3-compatible store.',
  },
  'connection.role_on_endpoint': {
    code: 'invalid',
    meaning: 'Role authentication is not possible on an endpoint given by a user: it would learn credentials of the role.',
    remedy: 'Use keys with an endpoint, or the role with the cloud itself.',
  },
  'connection.external_id_chosen': {
    code: 'forbidden',
    meaning: 'Several organizations share this Sluice and its principal, so external ids are only ever issued.',
    remedy: 'Leave the external id out: Sluice issues one and shows it before the role exists; put that one into the trust policy.',
  },
  'connection.external_id_fixed': {
    code: 'conflict',
    meaning: 'The external id of a connection never changes.',
    remedy: 'Leave the external id out to keep the present one; or create another connection and delete this one.',
  },
  'connection.no_secret': {
    code: 'conflict',
    meaning: 'The connection was made before what it authenticates with, and waits for it.',
    remedy: 'Have the setup applied, which makes it, and store what comes of it: sluice connection update NAME.',
  },
  'connection.disabled': {
    code: 'conflict',
    meaning: 'The connection is disabled.',
    remedy: 'Enable the connection; whoever disabled it stands in the audit events.',
  },
  'connection.shared_identity': {
    code: 'forbidden',
    meaning: 'Several organizations share the installation, and this method would let all of them act as one identity of ours.',
    remedy:
      'Use a method that trusts one connection alone (federation or oidc), or let the operator give each project an identity of its own.',
  },
  'connection.not_once': {
    code: 'forbidden',
    meaning: 'A method by which a customer trusts one connection cannot be used for a single query without one.',
    remedy: 'Create a connection with this method and name it: CONNECTION => (CONNECTION_NAME = …).',
  },
  'rotation.no_secret': {
    code: 'invalid',
    meaning: 'The connection has no secret that could be replaced, or no new one was given.',
    remedy: 'Give the fields that hold the new secret; a method without one has nothing to rotate.',
  },
  'rotation.same_secret': {
    code: 'conflict',
    meaning: 'The new secret is the present one.',
    remedy: 'Have a new secret made first; the present one stays in use until the new one is proved.',
  },
  'rotation.none': {
    code: 'not_found',
    meaning: 'No new secret waits for the connection.',
    remedy: 'Give one: sluice connection rotate NAME with the fields of its method.',
  },
  'rotation.overtaken': {
    code: 'conflict',
    meaning: 'The connection was changed while its new secret was tried, so that the verdict is on something else.',
    remedy: 'Look at the connection, then rotate again.',
  },
  'diagnosis.too_often': {
    code: 'limited',
    meaning: 'A connection is diagnosed a few times in a minute at most: each time asks the customer’s cloud.',
    remedy: 'Wait a minute; read the last report meanwhile.',
  },
  'lease.outside_scope': {
    code: 'forbidden',
    meaning: 'The lease was asked for a place or an access that the connection does not have.',
    remedy: 'Ask within the locations and purposes of the connection, or have them extended and the setup applied again.',
  },
  'lease.no_access': {
    code: 'invalid',
    meaning: 'The lease was asked for without any access.',
    remedy: 'Name at least one of list, read, write and delete; nothing never means everything.',
  },
  'lease.location_needed': {
    code: 'invalid',
    meaning: 'The connection has several locations, or none of its own.',
    remedy: 'Name the location the lease is for.',
  },
  'lease.minimum_invalid': {
    code: 'invalid',
    meaning: 'The minimum remaining life of the lease is not possible.',
    remedy: 'Ask for 0 to 3300 seconds; leases live for an hour.',
  },
  'lease.too_short': {
    code: 'unavailable',
    meaning: 'The cloud issued a credential that ends sooner than the minimum asked for.',
    remedy: 'Ask for a shorter minimum, or raise the longest session of the role.',
    retry: 'never',
  },
  'lease.not_narrowed': {
    code: 'unsupported',
    meaning: 'Credentials of this method cannot be narrowed, so a lease would hand out the key itself.',
    remedy: 'Use a role for connections whose leases are handed out; Sluice itself can go on using this one.',
  },
  'setup.no_publisher': {
    code: 'unsupported',
    meaning: 'No bucket is configured to publish setup templates to.',
    remedy:
      'Send the folder that sluice connection setup NAME --output DIR writes; or let the operator name a bucket for templates with SLUICE_TEMPLATE_BUCKET (S3) or SLUICE_ALIYUN_TEMPLATE_BUCKET (OSS).',
  },
  'setup.no_template': {
    code: 'unsupported',
    meaning: 'The setup of this connection has no template to publish.',
    remedy: 'Apply the setup by one of its other routes.',
  },
} as const satisfies { readonly [reason: string]: Reason }
