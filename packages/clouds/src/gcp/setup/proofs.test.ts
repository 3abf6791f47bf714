import { describe, expect, it } from 'vitest'
import { GCP_PLATFORM, SUBJECT, gcpConnectionOf, gcpFolder } from '../../../test/support/gcp-setup-cases.ts'
import { type SetupDocuments, setupDocuments } from './documents.ts'
import { planSetup } from './plan.ts'
import { proveSetup } from './proofs.ts'

/** The documents with `from` replaced everywhere in them. */
function tampered(documents: SetupDocuments, from: string, to: string): SetupDocuments {
  const quoted = (text: string): string => JSON.stringify(text).slice(1, -1)
  const before = JSON.stringify(documents)
  const after = before.replaceAll(quoted(from), quoted(to))
  if (after === before) throw new Error(`nothing to replace: ${from}`)
  return JSON.parse(after)
}

const refused = expect.objectContaining({ reason: 'setup.self_check_failed', code: 'internal' })

describe('the self-check of a setup', () => {
  const plan = planSetup(gcpConnectionOf({ access: ['list', 'read', 'write'], purposes: ['import'] }), GCP_PLATFORM, {})
  const documents = setupDocuments(plan)
  const names = `resource.name.startsWith('projects/_/buckets/acme-lake/objects/data/')`

  it('holds for the documents as written', () => {
    expect(proveSetup(plan, documents).length).toBeGreaterThanOrEqual(20)
  })

  it.each([
    ['a folder without its slash', 'objects/data/', 'objects/data'],
    ['a whole bucket for a folder', 'objects/data/', 'objects/'],
    ['any bucket', 'buckets/acme-lake/objects/data/', 'buckets/'],
    ['the folder of another bucket', 'buckets/acme-lake/', 'buckets/acme-raw/'],
    ['the folder itself alone', names, `resource.name == 'projects/_/buckets/acme-lake/objects/data/'`],
    ['names of objects that say nothing of the bucket', "resource.type == 'storage.googleapis.com/Bucket' || ", ''],
    ['a condition that always holds', names, 'true'],
    ['a condition that never holds', `resource.type == 'storage.googleapis.com/Bucket' || ${names}`, 'false'],
    ['everything but the folder', names, `!${names}`],
    ['a condition that does not parse', 'startsWith(', 'startsWith(('],
    ['a condition on what nobody knows beforehand', names, `${names} || request.time.getFullYear() > 2000`],
  ])('withholds a setup with %s', (_name, from, to) => {
    expect(() => proveSetup(plan, tampered(documents, from, to))).toThrow(refused)
  })

  it.each([
    ['listing left out', (held: readonly string[]) => held.filter((permission) => permission !== 'storage.objects.list')],
    ['reading left out', (held: readonly string[]) => held.filter((permission) => permission !== 'storage.objects.get')],
    ['creating left out', (held: readonly string[]) => held.filter((permission) => permission !== 'storage.objects.create')],
    ['deleting granted', (held: readonly string[]) => [...held, 'storage.objects.delete']],
    ['leave to let others in', (held: readonly string[]) => [...held, 'storage.buckets.setIamPolicy']],
    ['leave to delete the bucket', (held: readonly string[]) => [...held, 'storage.buckets.delete']],
  ])('withholds a role with %s', (_name, change) => {
    const role = { ...documents.role, includedPermissions: change(plan.permissions) }
    expect(() => proveSetup(plan, { ...documents, role })).toThrow(refused)
  })

  it('withholds a setup without a condition, or without a grant', () => {
    expect(() => proveSetup(plan, { ...documents, grants: [{ bucket: 'acme-lake', condition: undefined }] })).toThrow(refused)
    expect(() => proveSetup(plan, { ...documents, grants: [] })).toThrow(refused)
  })

  it('withholds a second role that does not delete, or does more', () => {
    const purge = planSetup(gcpConnectionOf({ access: ['list', 'delete'] }), GCP_PLATFORM, {})
    const written = setupDocuments(purge)
    expect(proveSetup(purge, written).length).toBeGreaterThan(10)
    for (const includedPermissions of [[], ['storage.objects.delete', 'storage.objects.create']])
      expect(() => proveSetup(purge, { ...written, deleteRole: { ...written.deleteRole, includedPermissions } })).toThrow(refused)
  })
})

describe('the self-check of a trust', () => {
  const plan = planSetup(gcpConnectionOf({ locations: [gcpFolder('acme-lake', '')] }), GCP_PLATFORM, {})
  const documents = setupDocuments(plan)
  const condition = `assertion.sub == '${SUBJECT}'`

  it('holds for the condition as written', () => {
    expect(proveSetup(plan, documents).filter(({ claim }) => claim.includes('token'))).toHaveLength(4)
  })

  it.each([
    ['everybody', 'true'],
    ['nobody', 'false'],
    ['all that begin like this connection', `assertion.sub.startsWith('${SUBJECT}')`],
    ['all of the project', `assertion.sub.startsWith('${SUBJECT.replace(/[^:]*$/, '')}')`],
    ['all of any project', `assertion.sub.endsWith('${SUBJECT.slice(SUBJECT.indexOf(':connection:'))}')`],
    ['another connection', `assertion.sub == '${SUBJECT}x'`],
    ['all but this connection', `assertion.sub != '${SUBJECT}'`],
    ['whom another claim names', `assertion.email == '${SUBJECT}'`],
    ['what does not parse', `${condition} &&`],
    ['what is no answer', 'assertion.sub'],
  ])('withholds a provider that lets in %s', (_name, attributeCondition) => {
    expect(() => proveSetup(plan, { ...documents, attributeCondition })).toThrow(refused)
  })
})
