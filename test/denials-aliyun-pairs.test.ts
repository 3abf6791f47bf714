import { type DenialPair, named, testDenialPairs } from './support/denials.ts'
import { type AliyunWorld, startAliyunWorld } from './support/denials-aliyun.ts'
import { BUCKET_DENY, OTHER_METHODS, RAM_EXPLICIT, RAM_MISSING } from './support/aliyun-denials/policies.ts'
import { CONDITIONS, CREDENTIALS, KEYS, NETWORKS, OBJECTS, ORGANIZATIONS, PLACES } from './support/aliyun-denials/requests.ts'
import { EXTERNAL_IDS, SESSIONS, TOKENS, TRUST_ALONE } from './support/aliyun-denials/trust.ts'

const noList = named(RAM_MISSING, 'no ListObjects')
const noRead = named(RAM_MISSING, 'no GetObject')
const noWrite = named(RAM_MISSING, 'no PutObject')
const everybodyDenied = named(BUCKET_DENY, 'everybody')

const BY_ROLE: readonly DenialPair<AliyunWorld>[] = [
  [named(SESSIONS, 'a clock of theirs an hour behind'), named(EXTERNAL_IDS, 'somebody else’s')],
  [named(EXTERNAL_IDS, 'somebody else’s'), noList],
  [named(TRUST_ALONE, 'another account'), everybodyDenied],
  [named(TRUST_ALONE, 'another user of ours'), named(SESSIONS, 'our user, who may not assume roles')],
  [named(SESSIONS, 'our organization, which keeps us from sessions'), named(EXTERNAL_IDS, 'ours in capitals')],
  [named(SESSIONS, 'our user, who may not assume roles'), named(OBJECTS, 'an object in Archive')],
  [everybodyDenied, noList],
  [everybodyDenied, named(RAM_EXPLICIT, 'deleting, on all buckets')],
  [named(NETWORKS, 'the endpoint of our VPC lets us to other buckets alone'), noRead],
  [named(NETWORKS, 'the bucket is for other addresses'), noWrite],
  [named(CONDITIONS, 'no listing of our folder'), named(OBJECTS, 'an object in ColdArchive')],
  [named(ORGANIZATIONS, 'which allows other services alone'), everybodyDenied],
  [named(PLACES, 'a region that the connection has wrong'), noList],
  [named(PLACES, 'an account in arrears'), noRead],
  [named(PLACES, 'a bucket that was deleted'), noList],
  [noList, named(OBJECTS, 'an object in Archive')],
  [named(OBJECTS, 'an object in Archive'), named(OBJECTS, 'objects that retention keeps')],
]

const WITH_KEY: readonly DenialPair<AliyunWorld>[] = [
  [noList, named(KEYS, 'is disabled')],
  [noRead, named(KEYS, 'the role may encrypt with and not decrypt')],
  [everybodyDenied, named(KEYS, 'the role may not use')],
  // Neither change alone opens it.
  [{ ...named(KEYS, 'the connection does not name any more'), inside: 'strong' }, named(KEYS, 'the role may not use')],
]

testDenialPairs('two faults of a role', () => startAliyunWorld(), BY_ROLE)
testDenialPairs('two faults with a key of KMS', () => startAliyunWorld({ encrypted: true }), WITH_KEY)
testDenialPairs('two faults with tokens of ours', () => startAliyunWorld({ method: 'oidc' }), [
  [named(TOKENS, 'a provider for another client'), named(TOKENS, 'a trust for the tokens of another connection')],
  [named(TOKENS, 'a trust for the tokens of another connection'), noList],
])
testDenialPairs('two faults with AccessKeys', () => startAliyunWorld({ method: 'keys' }), [
  [named(CREDENTIALS, 'an AccessKey that was disabled'), named(OTHER_METHODS, 'no ListObjects')],
  [named(CREDENTIALS, 'a clock of theirs an hour ahead'), named(CREDENTIALS, 'an AccessKey that was disabled')],
])
